"""A bank that holds every practice of the repository: read from its folders once a process, and copied after that."""

from typing import Any

from django.db import connection, models, transaction

from genklang.bank.models import Practice, ProtocolVersion, SearchTerm, Spread, Story
from genklang.bank.services import load_practices

_TABLES: tuple[type[models.Model], ...] = (Practice, ProtocolVersion, Story, Spread, SearchTerm)
_rows: dict[type[models.Model], list[tuple[Any, ...]]] = {}


def fill_bank() -> None:
    """Brings every practice in. Where some are there already they are read from their folders, as a house would."""
    if Practice.objects.exists() or not _rows:
        empty = not Practice.objects.exists()
        load_practices()
        if empty:
            _rows.update({model: _read(model) for model in _TABLES})
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for model, rows in _rows.items():
            places = ", ".join(["%s"] * len(model._meta.concrete_fields))
            cursor.executemany(f"INSERT INTO {model._meta.db_table} ({_columns(model)}) VALUES ({places})", rows)


def _read(model: type[models.Model]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_columns(model)} FROM {model._meta.db_table}")
        return list(cursor.fetchall())


def _columns(model: type[models.Model]) -> str:
    return ", ".join(connection.ops.quote_name(field.column or "") for field in model._meta.concrete_fields)

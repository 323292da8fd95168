"""A town of any size in seconds: some lives are lived through the services, and their rows copied by the database.

What is copied is log, facts, dues, alarms, tasks and states; not the outbox, which has been emptied. A copy differs by
its enrolment's number alone, which every id that the engine makes carries within it; so pages and worker see ordinary
people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models

WIDTH = 7
TABLES = (
    ("people", "Person"),
    *(("operate", name) for name in ("Enrolment", "Deadline", "Event", "OutcomeFact", "Due", "Alarm", "Task")),
)
NUMBERED = {"key", "state", "due", "anchor", "event", "display_name"}


def key_of(place: int) -> str:
    """The number of an enrolment: of one length for all, so that in the copies it can be told from any other text."""
    return f"U-{place:0{WIDTH}}"


def multiply(originals: int, times: int) -> None:
    """Copies the first `originals` enrolments (and all that belongs to them) until there are `times` as many.

    PostgreSQL then tidies up at once what it would tidy up while something is measured, as where a town has long been.
    """
    with _unchecked():
        for app, name in TABLES:
            _copy(apps.get_model(app, name), originals, times)
    tidying = ("VACUUM (ANALYZE)", "CHECKPOINT") if connection.vendor == "postgresql" else ("ANALYZE",)
    with connection.cursor() as cursor:
        for statement in tidying:
            cursor.execute(statement)


def _copy(model: type[models.Model], originals: int, times: int) -> None:
    table, fields = model._meta.db_table, list(model._meta.concrete_fields)
    strides, number = _strides(), _number(model)
    stride = strides[table]
    if not stride or times < 2:
        return
    values = [_value(field, strides, originals) for field in fields]
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {_copies(times)}, "
            f"(SELECT * FROM {table} WHERE {number} <= {stride} ORDER BY {number}) AS old"
        )
        if connection.vendor == "postgresql" and number == "id":
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def _value(field: models.Field[Any, Any], strides: Mapping[str, int], originals: int) -> str:
    """SQL of a column of copy number n."""
    old = f'old."{field.column}"'
    if field.primary_key and not field.remote_field:
        return f"{old} + n * {strides[field.model._meta.db_table]}"
    if field.name == "user":
        return "NULL"  # who can sign in is one person alone
    if isinstance(field, models.ForeignKey):
        kept = strides.get(field.related_model._meta.db_table)
        return f"{old} + n * {kept}" if kept else old
    if isinstance(field, models.UUIDField):
        return "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    if field.name == "received_at":
        return f"{old} + n"  # batches come one after the other
    if field.name in NUMBERED:
        return _renumbered(old, originals, plain=not isinstance(field, models.JSONField))
    return old


def _renumbered(old: str, originals: int, *, plain: bool) -> str:
    """The text with the number of the original's enrolment replaced by the copy's."""
    text = old if plain else f"CAST({old} AS TEXT)"
    if connection.vendor == "postgresql":
        found = f"substring({text} from 'U-([0-9]{{{WIDTH}}})')"
        number = f"lpad((cast({found} AS integer) + n * {originals})::text, {WIDTH}, '0')"
        new = f"CASE WHEN {found} IS NULL THEN {text} ELSE replace({text}, 'U-' || {found}, 'U-' || {number}) END"
        return new if plain else f"CAST({new} AS jsonb)"
    found = f"substr({text}, instr({text}, 'U-') + 2, {WIDTH})"
    number = f"printf('%0{WIDTH}d', cast({found} AS integer) + n * {originals})"
    return f"CASE WHEN instr({text}, 'U-') THEN replace({text}, 'U-' || {found}, 'U-' || {number}) ELSE {text} END"


def _copies(times: int) -> str:
    if connection.vendor == "postgresql":
        return f"generate_series(1, {times - 1}) AS copies(n)"
    counted = f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {times - 1}) SELECT n FROM c"
    return f"({counted}) AS copies"


_found: dict[str, int] = {}


def _strides() -> dict[str, int]:
    """The largest number in each table before anything was copied."""
    if not _found:
        with connection.cursor() as cursor:
            for app, name in TABLES:
                model = apps.get_model(app, name)
                table = model._meta.db_table
                cursor.execute(f"SELECT coalesce(max({_number(model)}), 0) FROM {table}")
                _found[table] = cursor.fetchone()[0]
    return _found


def _number(model: type[models.Model]) -> str:
    """The column of a row's number: its own, or that of what it belongs to alone."""
    return str(model._meta.pk.column)


@contextmanager
def _unchecked() -> Iterator[None]:
    """Without looking up each row that a row belongs to, and without waiting for the disk: this is no measuring yet."""
    off, on = ("SET session_replication_role = replica", "SET session_replication_role = DEFAULT")
    if connection.vendor != "postgresql":
        off, on = "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"
    with connection.cursor() as cursor:
        cursor.execute(off)
        if connection.vendor != "postgresql":
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -1000000")
        try:
            yield
        finally:
            cursor.execute(on)
            if connection.vendor != "postgresql":
                cursor.execute("PRAGMA synchronous = FULL")
                cursor.execute("PRAGMA cache_size = -2000")

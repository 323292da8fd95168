"""Throw-away databases: a file, or a database of its own in a PostgreSQL server that is there for tests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg


@contextmanager
def throw_away(server: str, folder: Path) -> Iterator[str]:
    """The address of an empty database; gone afterwards. `server` empty: SQLite in the folder."""
    if not server:
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    name = f"bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

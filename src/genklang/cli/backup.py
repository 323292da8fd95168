"""`genklang backup`: a whole and consistent copy of the database, made while it is used."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class NoBackup(Exception):
    """Why there is none, and what to do."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "backup",
        help="copy the database while it is used",
        description="SQLite: a checked copy of the file. PostgreSQL: an archive by pg_dump, for pg_restore.",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="where to write; must not be there yet")
    parser.add_argument("--json", action="store_true", help="what was written, as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when the copy is whole and on disk; 1 when there is none (why: on stderr)."""
    from genklang.cli.setting_up import ready

    if not ready():
        return 1
    try:
        size = copy(args.file)
    except NoBackup as reason:
        print(f"genklang backup: {reason}", file=sys.stderr)
        return 1
    told = {"file": str(args.file), "bytes": size}
    print(json.dumps(told) if args.json else f"{args.file}: {size} bytes.")
    return 0


def copy(target: Path) -> int:
    """Copies Django's default database there, readable by its owner alone; its size. Raises NoBackup."""
    from django.db import connection

    if target.exists():
        raise NoBackup(f"{target} is there already. Name a new file, for example one with the date in its name.")
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(descriptor)
    aside = Path(name)
    try:
        write = _copy_sqlite if connection.vendor == "sqlite" else _dump_postgres
        write(connection.settings_dict, aside)
        _settle(aside, target)
    finally:
        aside.unlink(missing_ok=True)
    return target.stat().st_size


def _copy_sqlite(settings: Mapping[str, Any], aside: Path) -> None:
    """SQLite's own backup: one snapshot; in WAL mode nobody who writes meanwhile has to wait."""
    with (
        contextlib.closing(sqlite3.connect(str(settings["NAME"]))) as source,
        contextlib.closing(sqlite3.connect(aside)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # a copy is one file
        (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise NoBackup(f"the database is damaged ({found}). Keep the backups you have, and restore the latest.")


def _dump_postgres(settings: Mapping[str, Any], aside: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise NoBackup("there is no pg_dump here. Install it: apt-get install postgresql-client")
    given = {"PGHOST": settings["HOST"], "PGPORT": settings["PORT"], "PGUSER": settings["USER"]}
    given |= {"PGPASSWORD": settings["PASSWORD"], "PGDATABASE": settings["NAME"]}
    environ = os.environ | {name: str(value) for name, value in given.items() if value}
    command = [program, "--format=custom", "--no-owner", f"--file={aside}"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NoBackup(
            f"pg_dump failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no reason'}"
        )


def _settle(aside: Path, target: Path) -> None:
    """On disk before it is called a backup."""
    for path in (aside, target.parent):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    aside.rename(target)

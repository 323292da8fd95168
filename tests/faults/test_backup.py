"""A backup made while events come in: it restores to a database whose every state is what its log folds to."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from genklang.cli import backup
from genklang.operate import clock, services
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.models import Event
from tests.web.operate_core.conftest import Ward

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAM = str(Path(sys.executable).with_name("genklang"))


@pytest.fixture
def busy(ward: Ward) -> Iterator[Ward]:
    """Events come, one a moment, until the test is over."""
    stop = threading.Event()

    def report() -> None:
        while not stop.is_set():
            ward.wall.time += clock.SECOND
            event = IncomingEvent(uuid.uuid4().hex, "U-1", "heartbeat", clock.now())
            services.record(ward.adoption, [event], source=Source(by="device"))
        connection.close()

    thread = threading.Thread(target=report)
    thread.start()
    while not Event.objects.filter(kind="heartbeat").exists():
        stop.wait(0.01)
    yield ward
    stop.set()
    thread.join()


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database to restore into."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.sqlite3'}"
        return
    name, given = f"restored_{uuid.uuid4().hex[:12]}", connection.settings_dict
    server = f"host={given['HOST']} port={given['PORT']} user={given['USER']} dbname=postgres"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    yield f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{name}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def restore(copy: Path, database: str) -> None:
    """As docs/how-to/operate.md says."""
    if database.startswith("sqlite"):
        Path(database.removeprefix("sqlite:///")).write_bytes(copy.read_bytes())
    else:
        subprocess.run(["pg_restore", "--no-owner", f"--dbname={database}", str(copy)], check=True)


def test_a_backup_made_while_used_restores_and_verifies(busy: Ward, restored: str, tmp_path: Path) -> None:
    before = Event.objects.count()
    assert backup.copy(tmp_path / "copy") > 0
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob(".copy*")) == []
    restore(tmp_path / "copy", restored)
    environ = os.environ | {"GENKLANG_DATABASE": restored, "GENKLANG_HOME": str(tmp_path)}
    done = subprocess.run([PROGRAM, "verify", "--json"], env=environ, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout) == {"enrolments": 1, "differences": []}, done.stderr
    assert _events(restored) >= before


def _events(database: str) -> int:
    count = "SELECT count(*) FROM operate_event"
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as copy:
            return int(copy.execute(count).fetchone()[0])
    with psycopg.connect(database) as copied:
        row = copied.execute(count).fetchone()
        return int(row[0]) if row else 0


def test_a_backup_is_never_written_over(ward: Ward, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("an earlier one")
    with pytest.raises(backup.NoBackup, match="there already"):
        backup.copy(tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "an earlier one"

"""The measuring process of `scale`: so many dispensers live some days through the services and the worker.

Counted is this process's processor time (PostgreSQL's own is not in it), what the database grew by, and what the same
rows take as Parquet. Everything is for an enrolment-year: 365 days of one person.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from django.db import connection

from bench.store_process import TIMES, Town, _record, _tick, _town
from genklang.cli.setting_up import migrate
from genklang.measure.files import write_tables
from genklang.operate import clock, worker
from genklang.operate.incoming import IncomingEvent
from genklang.operate.loop import Loop
from genklang.operate.pages.measuring import tables_of

YEAR = 365
FIRST = date(2026, 3, 2)


def main() -> None:
    """Prints the costs as JSON."""
    people, days = int(sys.argv[1]), int(sys.argv[2])
    migrate()
    town = _town(people)
    _drain(town.at("07:31"))
    bytes_before, cpu_before = _size(), time.process_time()
    for number in range(days):
        _live(town, (FIRST + timedelta(days=number)).isoformat(), number)
    cpu = time.process_time() - cpu_before
    years = people * days / YEAR
    costs = {"cpu": cpu / years, "database": (_size() - bytes_before) / years, "parquet": _parquet(town) / years}
    sys.stdout.write(json.dumps(costs))


def _live(town: Town, day: str, number: int) -> None:
    """A day: each dose opens, almost everybody takes it, one in two hundred misses; a sign of life at noon."""
    for place_of_day, slot in enumerate(TIMES):
        _drain(town.at(slot, day=day))
        now = town.at(f"{slot[:2]}:05", day=day)
        taking = [place for place in range(town.people) if (place + number * 4 + place_of_day) % 200]
        kinds = [("dose_taken", taking), ("heartbeat", range(town.people) if slot == "12:00" else ())]
        for kind, places in kinds:
            events = [IncomingEvent(f"{kind}-{day}-{slot}-{place}", f"U-{place}", kind, now) for place in places]
            if events:
                _record(town.adoption, events)
        _drain(town.at(f"{int(slot[:2]) + 1:02}:01", day=day))


def _drain(now: int) -> None:
    _tick(now)
    while worker.drain(now).delivered:
        pass
    Loop().once()


def _size() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            found: int = cursor.fetchone()[0]
            return found
    name = Path(str(connection.settings_dict["NAME"]))
    return sum(path.stat().st_size for path in name.parent.glob(f"{name.name}*"))


def _parquet(town: Town) -> int:
    tables = tables_of(town.adoption)
    with tempfile.TemporaryDirectory() as folder:
        write_tables(
            {name: tables[name] for name in ("dose", "refill", "alive", "dose_taken", "heartbeat")}, Path(folder)
        )
        return sum(path.stat().st_size for path in Path(folder).rglob("*.parquet"))


if __name__ == "__main__":
    clock.forget()
    main()

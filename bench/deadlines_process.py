"""The processes of `deadlines`: `fill NUMBER DUE`, `rival`, `work`, and `check`, which counts what came of it.

Fifty people, five of whom miss the same dose, are copied (see `filling`); every alarm has a message to send.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

from bench.pages_process import FIRST, ORIGINALS, _adopt, _at, _pass_time, _report  # isort: skip  (starts Django)

from django.db import connection, transaction

from bench.filling import multiply
from genklang.cli.setting_up import migrate
from genklang.operate import worker
from genklang.operate.models import Adoption, Alarm, Due, Enrolment, Outbox

MISS = 10  # one in so many
ONE_BY_ONE, RUNS = 300, 3


def main() -> None:
    """Does what the first word says, and prints a line of JSON."""
    what, *numbers = sys.argv[1:]
    given = list(map(int, numbers))
    told = _fill(*given) if what == "fill" else {"rival": _rival, "work": _work, "check": _check}[what]()
    sys.stdout.write(json.dumps(told))


def _fill(number: int, due: int) -> dict[str, int]:
    migrate()
    adoption = _adopt()
    adoption.overlay = {"channels": {"alarm": "https://alarms.example.org/"}}
    adoption.save()
    _pass_time(_at(FIRST, "08:00"))
    now = _at(FIRST, "08:05")
    _report(adoption, "dose_taken", now, [place for place in range(ORIGINALS) if place % MISS])
    _pass_time(_at(FIRST, "08:59"))
    assert due * MISS == number
    multiply(ORIGINALS, number // ORIGINALS)
    return {"enrolments": Enrolment.objects.count()}


def _work() -> dict[str, float]:
    """Rounds until nothing is due, as `genklang work` makes them."""
    now = _at(FIRST, "09:00")
    Adoption.objects.exists()  # the connection is there before the second in which all fall due
    began = time.time()
    while worker.tick(now).enrolments:
        pass
    return {"began": began, "ended": time.time()}


def _rival() -> dict[str, float]:
    """Seconds a row: the median of three runs, all of which are taken back. It has an index of its own."""
    now, took = _at(FIRST, "09:00"), []
    _run("CREATE INDEX rival ON operate_due (deadline_at) WHERE NOT missed")
    for _ in range(RUNS):
        began = time.perf_counter()
        keys = [_one(now) for _ in range(ONE_BY_ONE)]
        took.append((time.perf_counter() - began) / ONE_BY_ONE)
        Due.objects.filter(pk__in=keys).update(missed=False)
        Alarm.objects.all().delete()
        Outbox.objects.filter(channel="rival").delete()
    _run("DROP INDEX rival")
    return {"seconds": statistics.median(took)}


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _one(now: int) -> int:
    with transaction.atomic():
        rows = Due.objects.select_for_update(skip_locked=connection.vendor == "postgresql")
        due = rows.filter(expectation="dose", missed=False, deadline_at__lte=now).order_by("deadline_at").first()
        assert due is not None
        due.missed = True
        due.save(update_fields=["missed"])
        values = {"adoption_id": due.adoption_id, "enrolment_id": due.enrolment_id}
        Alarm.objects.create(**values, due=due.due, expectation="dose", role="nurse", told="|nurse|", raised_at=now)
        Outbox.objects.create(**values, key=f"rival/{due.pk}", channel="rival", available_at=now)
    return due.pk


def _check() -> dict[str, int]:
    now = _at(FIRST, "09:00")
    return {
        "late": worker.waiting(now).count(),
        "alarms": Alarm.objects.filter(closed_at=None).count(),
        "messages": Outbox.objects.filter(channel="alarm").count(),
    }


if __name__ == "__main__":
    main()

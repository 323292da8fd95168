"""Whether all is well where Genklang runs: each point by itself, with what to do about it. Names no person."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min

from genklang.operate import clock, worker
from genklang.operate.models import Enrolment, Heartbeat, Outbox
from genklang.operate.pages.health import worker_health

LATE_AFTER = clock.MINUTE
UNSENT_AFTER = 10 * clock.MINUTE
CLOCKS_APART = 2 * clock.SECOND
LEAST_FREE = 1_000_000_000
LEAST_SHARE = 0.05
SECONDS_FOR_MAIL = 5


@dataclass(frozen=True)
class Point:
    """One thing that was looked at. `instead` says what to do where it is not `well`."""

    name: str
    well: bool
    says: str
    instead: str = ""


def points(now: int) -> Iterator[Point]:
    """Everything, the database first. Raises OperationalError when that does not answer."""
    looks: list[Callable[[int], Point]] = [_database, _migrations, _clock, _worker, _overdue]
    for look in [*looks, _outbox, _set_aside, _disk, _mail]:
        yield look(now)


def overdue(now: int) -> int:
    """How late the earliest unhandled deadline is, in µs; 0 when none is."""
    first = worker.waiting(now).values_list("deadline__at", flat=True).first()
    return now - first if first is not None else 0


def unsent_for(now: int) -> int:
    """How long the oldest message has waited to be sent, in µs, counted from when it was last due to be tried."""
    waiting = Outbox.objects.filter(delivered_at=None, given_up_at=None, available_at__lte=now)
    first = waiting.aggregate(first=Min("available_at"))["first"]
    return now - first if first is not None else 0


def set_aside() -> int:
    """How many enrolments wait to be mended."""
    return Enrolment.objects.exclude(broken_reason="").count()


def free_bytes() -> tuple[int, int]:
    """Free and all bytes of the disk that holds `var/`."""
    usage = shutil.disk_usage(settings.VAR)
    return usage.free, usage.total


def _database(_now: int) -> Point:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if connection.vendor != "sqlite":
        return Point("database", True, "PostgreSQL answers")
    name = Path(str(connection.settings_dict["NAME"])).name
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        (found,) = cursor.fetchone()
    return Point("database", found == "ok", f"SQLite, {name}: {found}", "Restore the latest backup.")


def _migrations(_now: int) -> Point:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    says = f"{missing} changes to the tables are missing" if missing else "the tables are this version's"
    return Point("migrations", not missing, says, "Run: genklang serve --migrate")


def _clock(now: int) -> Point:
    """Held, or other than the database server's: the worker and the server must mean the same by now."""
    instead = "Set the clock by NTP (timedatectl set-ntp true); is it right now, run: genklang work --clock-is-right"
    if Heartbeat.objects.filter(held_since__isnull=False).exists():
        return Point("clock", False, "work is held since the clock was put forward", instead)
    if connection.vendor != "postgresql":
        return Point("clock", True, "not held")
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs(clock.instant(cursor.fetchone()[0]) - clock.now())
    says = f"{apart / clock.SECOND:.1f} s from the database server's"
    return Point("clock", apart <= CLOCKS_APART, says, instead)


def _worker(now: int) -> Point:
    health = worker_health(now)
    instead = "Start one: genklang work (systemctl start genklang-worker)"
    if health.seen_at is None:
        return Point("worker", False, "none has ever worked here", instead)
    ago = (now - health.seen_at) / clock.SECOND
    says = f"last heard of {ago:.0f} s ago, {health.lag_seconds:.1f} s behind"
    return Point("worker", not health.late, says, f"{instead}; behind, start another beside it.")


def _overdue(now: int) -> Point:
    late = overdue(now)
    says = f"the earliest is {late / clock.SECOND:.0f} s late" if late else "none waits"
    return Point(
        "deadlines", late <= LATE_AFTER, says, "Alarms are late. See to the worker; its log says what stops it."
    )


def _outbox(now: int) -> Point:
    late = unsent_for(now)
    week = now - 7 * 24 * 60 * clock.MINUTE
    given_up = Outbox.objects.filter(given_up_at__gte=week).exclude(error="expired").count()
    says = f"oldest unsent {late / clock.SECOND:.0f} s, {given_up} given up in a week"
    instead = (
        "See to the gateway that the adoption's channels name. What was given up stands in the table operate_outbox."
    )
    return Point("outbox", late <= UNSENT_AFTER and not given_up, says, instead)


def _set_aside(_now: int) -> Point:
    number = set_aside()
    says = f"{number} enrolments are set aside" if number else "no enrolment is set aside"
    return Point("enrolments", not number, says, "The organisation's lead mends them under “What needs mending”.")


def _disk(_now: int) -> Point:
    free, total = free_bytes()
    says = f"{free / 1e9:.1f} GB of {total / 1e9:.1f} GB free"
    return Point("disk", free >= max(LEAST_FREE, min(LEAST_SHARE * total, 10 * LEAST_FREE)), says, "Make room.")


def _mail(_now: int) -> Point:
    if not settings.EMAIL_HOST:
        return Point("mail", True, "no server is named (GENKLANG_SMTP_HOST), so none is sent")
    mailer = get_connection(timeout=SECONDS_FOR_MAIL)
    instead = "Check GENKLANG_SMTP_HOST, _PORT, _USER and _PASSWORD, and that the server may be reached from here."
    try:
        mailer.open()
        mailer.close()
    except (OSError, SMTPException) as error:
        return Point("mail", False, f"the server does not let us in ({type(error).__name__})", instead)
    return Point("mail", True, "the server lets us in")

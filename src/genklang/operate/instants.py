"""Reading instants that people and devices write."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from genklang.operate.clock import instant

EXAMPLE = "2026-03-29T08:00:00+02:00"


def read_instant(written: object, *, zone: str | None = None) -> int:
    """The instant of an ISO 8601 text, in µs since the epoch.

    Without an offset it is local time in `zone`; with no zone given an offset is demanded. A date alone is its first
    moment. Raises ValueError saying what is wrong, as “is …”.
    """
    moment = _moment(written)
    if moment.tzinfo is not None:
        return instant(moment.astimezone(UTC))
    if zone is None:
        raise ValueError(_("is an instant without an offset from UTC"))
    return instant(_local(moment, zone))


def _moment(written: object) -> datetime:
    if isinstance(written, datetime):
        return written
    if isinstance(written, date):
        return datetime.combine(written, time())
    if not isinstance(written, str):
        raise ValueError(_("is no instant"))
    try:
        return datetime.fromisoformat(written.strip())
    except ValueError:
        raise ValueError(_("is no instant")) from None


def _local(moment: datetime, zone: str) -> datetime:
    local = moment.replace(tzinfo=ZoneInfo(zone))
    there_and_back = local.astimezone(UTC).astimezone(ZoneInfo(zone))
    if there_and_back.replace(tzinfo=None) != moment:
        raise ValueError(_("does not exist: the clock was put forward over it"))
    return local.astimezone(UTC)

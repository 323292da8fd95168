"""What every look at an enrolment asks about it: its dues, alarms and tasks, its log, and who belongs to it."""

from uuid import UUID

from django.db.models import QuerySet

from genklang.operate.managers import TEXTS
from genklang.operate.models import Adoption, Alarm, Due, Enrolment, EnrolmentMember, Event, OutcomeFact, Task
from genklang.statements import prepared

AROUND = ("person__organisation", "adoption__organisation", "adoption__protocol_version", "protocol_version")
UNREAD = [f"{path}protocol_version__{text}" for path in ("", "adoption__") for text in TEXTS]


@prepared
def enrolment_worked_with(user: int, public_id: UUID) -> QuerySet[Enrolment]:
    """The enrolment, for somebody who works in its adoption or leads it."""
    worked_in = Adoption.objects.worked_in_by(user)
    found = Enrolment.objects.filter(adoption__in=worked_in, public_id=public_id)
    return found.order_by().select_related(*AROUND).defer(*UNREAD)


@prepared
def dues(enrolment: int) -> QuerySet[Due]:
    """What is expected, soonest first."""
    return Due.objects.filter(enrolment=enrolment).order_by("target_at", "due")


@prepared
def alarms(enrolment: int) -> QuerySet[Alarm]:
    """Open alarms, the oldest first."""
    rows = Alarm.objects.filter(enrolment=enrolment, closed_at__isnull=True)
    return rows.select_related("acknowledged_by").order_by("raised_at")


@prepared
def tasks(enrolment: int) -> QuerySet[Task]:
    """Open tasks, the oldest first."""
    return Task.objects.filter(enrolment=enrolment, closed_at__isnull=True).order_by("opened_at")


@prepared
def events(keys: list[int]) -> QuerySet[Event]:
    """Events by their numbers, with who reported them."""
    return Event.objects.filter(pk__in=keys).select_related("actor", "token", "link").order_by()


@prepared
def events_called(enrolment: int, keys: list[str]) -> QuerySet[Event]:
    """Events of the enrolment by their keys."""
    return Event.objects.filter(enrolment=enrolment, key__in=keys)


@prepared
def outcomes(keys: list[int]) -> QuerySet[OutcomeFact]:
    """Outcomes by their numbers."""
    return OutcomeFact.objects.filter(pk__in=keys)


@prepared
def met(enrolment: int, events: list[str]) -> QuerySet[OutcomeFact]:
    """What these events, by their keys, ended."""
    return OutcomeFact.objects.filter(enrolment=enrolment, current=True, event__in=events)


@prepared
def taken_back(enrolment: int) -> QuerySet[Event, dict[str, object]]:
    """What those events carry that take others back."""
    return Event.objects.filter(enrolment=enrolment, kind="voided").order_by().values_list("data", flat=True)


@prepared
def member_keys(enrolment: int) -> QuerySet[EnrolmentMember, str]:
    """What the log calls everybody who belongs to it, or has."""
    return EnrolmentMember.objects.filter(enrolment=enrolment).order_by().values_list("key", flat=True)

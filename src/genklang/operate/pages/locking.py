"""The plan of a study: what it was when the first participant was enrolled, beside what it is now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from genklang.bank.models import ProtocolVersion
from genklang.bank.planning import PlanRow, plan_rows
from genklang.operate import clock
from genklang.operate.models import Adoption, Enrolment
from genklang.operate.pages.protocols import protocol_of
from genklang.operate.upgrades import Upgrade
from genklang.protocol.types import Protocol, Study


@dataclass(frozen=True)
class Lock:
    """The version that the first participant was enrolled under, and when. `at` is None while nobody has been."""

    version: ProtocolVersion
    protocol: Protocol
    at: datetime | None
    imported: bool

    @property
    def study(self) -> Study | None:
        """The plan that was locked; None where there was none."""
        return self.protocol.study

    @property
    def holds(self) -> bool:
        """Whether a plan stood before anybody had begun. An imported past was never planned here."""
        return self.at is not None and self.study is not None and not self.imported

    @property
    def said(self) -> str:
        """When it was locked, in a sentence."""
        if self.imported:
            return _("The people were followed before the plan was written here: it is a plan of the analysis only.")
        if self.at is None:
            return _("The plan is locked when the first person begins. Nobody has begun yet.")
        day = date_format(timezone.localtime(self.at), "DATE_FORMAT")
        if self.study is None:
            return _("There was no plan when the first person began, %(day)s.") % {"day": day}
        return _("The plan was locked %(day)s, when the first person began.") % {"day": day}


def lock_of(adoption: Adoption) -> Lock:
    """The plan's lock. Upgrades after the first enrolment change what is done, never what was planned."""
    first = Enrolment.objects.with_protocol().filter(adoption=adoption).order_by("enrolled_at", "pk").first()
    at = None if first is None else clock.moment(first.enrolled_at)
    version = adoption.protocol_version if first is None or at is None else _version_at(first, at)
    return Lock(version, protocol_of(version), at, adoption.historical)


def planned_and_done(lock: Lock, protocol: Protocol) -> list[tuple[PlanRow, str, bool]]:
    """Every part of the plan, what was done, and whether it was kept."""
    done = {row.item: row.text for row in plan_rows(protocol)}
    planned = {row.item: row for row in plan_rows(lock.protocol)}
    return list(_beside(planned, done))


def _beside(planned: dict[str, PlanRow], done: dict[str, str]) -> Iterator[tuple[PlanRow, str, bool]]:
    for item in dict.fromkeys([*planned, *done]):
        row = planned.get(item) or PlanRow(item, "–")
        text = done.get(item, "–")
        yield row, text, row.text == text


def _version_at(first: Enrolment, at: datetime) -> ProtocolVersion:
    """The version in force then: what the first upgrade afterwards left, unless it was taken back."""
    later = Upgrade.objects.filter(adoption=first.adoption, at__gt=at, reverted_at=None).select_related("old")
    upgrade = later.order_by("at", "pk").first()
    return upgrade.old if upgrade else first.protocol_version

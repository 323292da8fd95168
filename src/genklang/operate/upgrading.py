"""Upgrading an adoption to another version of its practice: plan, then apply, and take it back. The only writer of
versions, own values and enrolments' pins when they change together.

New enrolments begin on the new version. Those who already take part go over to it from that instant on, unless a word
that they have used would come to mean something else: then all of them stay. All in one transaction: it is done whole,
or not at all.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from genklang.bank.models import ProtocolVersion
from genklang.operate import clock
from genklang.operate.machines import machine_of
from genklang.operate.models import Adoption, Assignment, Enrolment, Upgrade
from genklang.operate.problems import Problem, Refused
from genklang.operate.sharing import look_again
from genklang.operate.turning import Fate, Move, back, forward, go_over
from genklang.people.models import User
from genklang.protocol.changes import Change, Impact, changes_between, worst
from genklang.protocol.types import Protocol
from genklang.protocol.upgrading import Merged, keeping_back, merge_overlay


@dataclass(frozen=True)
class Plan:
    """What an upgrade would do, found out without doing it."""

    adoption: Adoption
    old: ProtocolVersion
    new: ProtocolVersion
    changes: tuple[Change, ...]
    merged: Merged
    moves: tuple[Move, ...]
    problems: tuple[Problem, ...]

    @property
    def impact(self) -> Impact | None:
        """How deep it reaches."""
        return worst(self.changes)

    @property
    def keeping_back(self) -> list[Change]:
        """The changes for whose sake those who take part stay."""
        return keeping_back(self.changes)

    @property
    def fingerprint(self) -> str:
        """Names what was decided: versions, own values, and what happens to whom."""
        fates = sorted((move.enrolment.pk, move.fate) for move in self.moves)
        decided = [self.old.digest, self.new.digest, self.adoption.overlay, self.merged.overlay, fates]
        return hashlib.sha256(json.dumps(decided, sort_keys=True).encode()).hexdigest()

    def with_fate(self, fate: Fate) -> list[Move]:
        """The running enrolments that it happens to."""
        return [move for move in self.moves if move.fate == fate]


def newer_version(adoption: Adoption) -> ProtocolVersion | None:
    """The practice's current version, where the adoption has another."""
    current = adoption.protocol_version.practice.current
    return current if current is not None and current.pk != adoption.protocol_version_id else None


def plan_upgrade(adoption: Adoption, new: ProtocolVersion) -> Plan:
    """The dry run. Changes nothing. Raises Refused for another practice's version, or the one that it has."""
    running = Enrolment.objects.with_protocol().filter(adoption=adoption, ended_at=None).order_by("pk")
    return _plan(adoption, new, running)


@transaction.atomic
def apply_upgrade(adoption: Adoption, new: ProtocolVersion, *, actor: User | None, fingerprint: str = "") -> Upgrade:
    """Does what the plan says. `fingerprint` is of the plan that was looked at.

    Raises Refused where somebody must decide something first, or where things are no longer as they were then.
    """
    # Enrolments are locked before their adoption, as recording does: the other way round they could lock each other.
    rows = list(_locked(adoption))
    held = Adoption.objects.select_for_update(of=("self",), no_key=True).get(pk=adoption.pk)
    plan = _plan(held, new, rows)
    if plan.problems:
        raise Refused(plan.problems)
    if fingerprint and fingerprint != plan.fingerprint:
        raise Refused([_changed_meanwhile()])
    upgrade = Upgrade.objects.create(
        adoption=held,
        old=plan.old,
        new=new,
        overlay_before=held.overlay,
        overlay_after=plan.merged.overlay,
        at=clock.moment(clock.now()),
        by=actor,
    )
    moving = plan.with_fate("moves")
    go_over(moving, new)
    upgrade.moved.set([move.enrolment for move in moving])
    _settle(held, new, plan.merged.overlay)
    _settle_memory(adoption, held)
    return upgrade


@transaction.atomic
def revert_upgrade(upgrade: Upgrade, *, actor: User | None) -> list[Enrolment]:
    """Takes the latest upgrade back; own values changed since then are kept. Returns those who stay on the new version:
    whoever began on it, and whoever has done what the old one has no words for. Raises Refused.
    """
    adoption = upgrade.adoption
    rows = [row for row in _locked(adoption) if row.protocol_version_id == upgrade.new_id]
    held = Adoption.objects.select_for_update(of=("self",), no_key=True).get(pk=adoption.pk)
    row = Upgrade.objects.select_for_update(of=("self",)).get(pk=upgrade.pk)
    if row.reverted_at is not None or held.protocol_version_id != row.new_id or row != held.upgrades.first():
        raise Refused([_nothing_to_revert()])
    moved = set(row.moved.values_list("pk", flat=True))
    own = _merged_back(row, held)
    if own.conflicts:
        raise Refused([_no_place(value.was) for value in own.conflicts])
    moves = [move for move in back([one for one in rows if one.pk in moved], row.old) if move.fate == "moves"]
    go_over(moves, row.old)
    _settle(held, row.old, own.overlay)
    row.reverted_at, row.reverted_by = clock.moment(clock.now()), actor
    row.save(update_fields=["reverted_at", "reverted_by"])
    _settle_memory(adoption, held)
    gone = {move.enrolment.pk for move in moves}
    return [one for one in rows if one.pk not in gone]


def _plan(adoption: Adoption, new: ProtocolVersion, running: Iterable[Enrolment]) -> Plan:
    old = adoption.protocol_version
    if new.practice_id != old.practice_id or new.pk == old.pk:
        instead = _("Choose another version of the same practice.")
        raise Refused([Problem("version", _("is nothing to upgrade to"), instead, new.version)])
    before, after = (machine_of(version, zone=adoption.zone).protocol for version in (old, new))
    changes = changes_between(before, after)
    merged = merge_overlay(adoption.overlay, old=before, new=after)
    moves = forward(running, new, keep_back=bool(keeping_back(changes)))
    problems = [*(_no_place(value.was) for value in merged.conflicts), *_left_over(adoption, after, moves)]
    return Plan(adoption, old, new, tuple(changes), merged, moves, tuple(problems))


def _locked(adoption: Adoption) -> Iterable[Enrolment]:
    rows = Enrolment.objects.with_protocol().select_for_update(of=("self",), no_key=True)
    return rows.filter(adoption=adoption, ended_at=None).order_by("pk")


def _settle(adoption: Adoption, version: ProtocolVersion, overlay: dict[str, object]) -> None:
    adoption.protocol_version, adoption.overlay = version, overlay
    adoption.save(update_fields=["protocol_version", "overlay"])
    look_again(adoption)


def _settle_memory(adoption: Adoption, held: Adoption) -> None:
    """The caller's own object says the same as the row."""
    adoption.protocol_version, adoption.overlay = held.protocol_version, held.overlay


def _merged_back(row: Upgrade, held: Adoption) -> Merged:
    """The own values to have on the old version: those from before, but for what has been changed since."""
    old, new = (machine_of(version, zone=held.zone).protocol for version in (row.old, row.new))
    if held.overlay == row.overlay_after:
        return Merged(dict(row.overlay_before), ())
    return merge_overlay(held.overlay, old=new, new=old)


def _left_over(adoption: Adoption, new: Protocol, moves: Sequence[Move]) -> Iterable[Problem]:
    """People in roles and stages that the new version has not: they could neither work nor be counted."""
    roles = Assignment.objects.filter(adoption=adoption).exclude(role__in=new.roles)
    for role in sorted(set(roles.values_list("role", flat=True))):
        instead = _("Take the role from those who have it first, under Settings.")
        yield Problem("roles", _("is not in the new version, and somebody works in it"), instead, role)
    stages = Enrolment.objects.filter(adoption=adoption).exclude(stage__in=new.stages)
    for stage in sorted(set(stages.values_list("stage", flat=True))):
        instead = _("Begin a new adoption of the new version instead, and let this one go on.")
        yield Problem("stages", _("is not in the new version, and somebody is in it"), instead, stage)


def _no_place(name: str) -> Problem:
    instead = _("Take your own value away first, under Settings.")
    return Problem("own values", _("has no place in that version"), instead, name)


def _changed_meanwhile() -> Problem:
    return Problem("plan", _("is no longer what you looked at: something has happened since"), _("Look at it again."))


def _nothing_to_revert() -> Problem:
    return Problem("upgrade", _("cannot be taken back: it has been already, or another came after"), _("Do nothing."))

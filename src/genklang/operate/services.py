"""The verbs of operate: the only code that writes adoptions, enrolments, events and what follows from them.

One transaction holds an event, the new state, the next deadline, the outcome facts, alarms, tasks and outbox rows.
Nothing here asks who may: `access` does, before.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from genklang.bank.models import ProtocolVersion
from genklang.engine.shared.places import limits_of
from genklang.operate import books, clock, deadlines, tokens
from genklang.operate.adopters import tell_bank
from genklang.operate.incoming import FIRST, IncomingEvent, Outcome, RowAnswer, Source
from genklang.operate.ledger import TOGETHER, draw_arm, lock, record_groups
from genklang.operate.machines import adoption_machine
from genklang.operate.mending import refolded
from genklang.operate.models import (
    Adoption,
    Alarm,
    Assignment,
    Due,
    Enrolment,
    Event,
    Notice,
    Status,
    Task,
    Token,
)
from genklang.operate.problems import Problem, Refused
from genklang.operate.recording import Recorder
from genklang.operate.sharing import look_again, own_places
from genklang.operate.writing import write
from genklang.people import permissions
from genklang.people.models import Organisation, Person, User


def adopt(
    *,
    organisation: Organisation,
    protocol_version: ProtocolVersion,
    actor: User | None,
    name: str,
    zone: str = "",
    overlay: Mapping[str, Any] | None = None,
    historical: bool = False,
    simulated: bool = False,
) -> Adoption:
    """A running adoption, pinned to the version. `actor` None is the house itself (demo, command line).

    Raises PermissionDenied unless the actor leads the organisation, Refused when the overlay or zone is wrong.
    """
    if actor is not None:
        permissions.check_adopt(actor, organisation)
    adoption = Adoption(
        organisation=organisation,
        protocol_version=protocol_version,
        name=name,
        zone=zone or organisation.zone,
        overlay=dict(overlay or {}),
        historical=historical,
        simulated=simulated or organisation.simulated,
        started_at=clock.moment(clock.now()),
    )
    _check(adoption)
    adoption.save()
    tell_bank(adoption)
    return adoption


@transaction.atomic
def change_adoption(adoption: Adoption, *, name: str, overlay: Mapping[str, Any]) -> None:
    """Gives it another name and own values; raises Refused, and then changes nothing."""
    changed = Adoption.objects.get(pk=adoption.pk)
    changed.name, changed.overlay = name, dict(overlay)
    _check(changed)
    changed.save(update_fields=["name", "overlay"])
    adoption.name, adoption.overlay = changed.name, changed.overlay
    look_again(changed)


@transaction.atomic
def set_status(adoption: Adoption, status: Status) -> None:
    """Pauses, resumes or ends it. What fell due during a pause is accounted for when it resumes."""
    adoption.status = status
    adoption.ended_at = clock.moment(clock.now()) if status == Status.ENDED else None
    adoption.save(update_fields=["status", "ended_at"])
    if adoption.is_watched:
        deadlines.resume(adoption.pk)
    look_again(adoption)
    tell_bank(adoption)


def assign(adoption: Adoption, *, user: User, role: str) -> Assignment:
    """Lets a member of the organisation work in a protocol role. Doing it twice changes nothing. Raises Refused."""
    staff = adoption_machine(adoption).protocol.staff_roles
    if role not in staff:
        instead = _("Write one of %(roles)s.") % {"roles": ", ".join(staff)}
        raise Refused([Problem("role", _("is no role of staff in this practice"), instead, role)])
    if not permissions.can_see_organisation(user, adoption.organisation):
        instead = _("Add the user as lead or staff of the organisation first.")
        raise Refused([Problem("user", _("does not work in this organisation"), instead)])
    return Assignment.objects.get_or_create(adoption=adoption, user=user, role=role)[0]


def unassign(adoption: Adoption, *, user: User, role: str) -> None:
    """Takes the role away; what the user has done remains."""
    Assignment.objects.filter(adoption=adoption, user=user, role=role).delete()


def issue_token(
    adoption: Adoption, *, label: str, bearer: str = Token.Bearer.DEVICE, enrolment: Enrolment | None = None
) -> tuple[Token, str]:
    """A new token and its secret, which is shown this once. Raises Refused for another adoption's enrolment."""
    if enrolment is not None and enrolment.adoption_id != adoption.pk:
        raise Refused([Problem("enrolment", _("belongs to another adoption"), _("Choose one in this adoption."))])
    secret = tokens.new_secret()
    row = Token.objects.create(
        adoption=adoption,
        enrolment=enrolment,
        label=label,
        bearer=bearer,
        sha256=tokens.hash_of(secret),
        created_at=clock.moment(clock.now()),
    )
    return row, secret


def revoke_token(token: Token) -> None:
    """The token opens nothing from now on; what it has reported remains."""
    if token.revoked_at is None:
        token.revoked_at = clock.moment(clock.now())
        token.save(update_fields=["revoked_at"])


@transaction.atomic
def enrol(
    adoption: Adoption,
    *,
    person: Person | None = None,
    title: str = "",
    role: str = "",
    key: str,
    at: int | None = None,
    facts: Mapping[str, Any] | None = None,
    source: Source | None = None,
) -> Enrolment:
    """A new enrolment on the adoption's version: of a person in the organisation, or of a matter, by its title.

    `role` says which of several participants it is; `key` is unique in the adoption. Raises Refused, and then nothing
    has changed.
    """
    now = clock.now()
    at = now if at is None else at
    _check_enrolling(adoption, person=person, title=title, role=role, key=key)
    row = new_enrolment(adoption, key=key, at=at, person=person, title=title.strip(), role=role)
    recorder = Recorder(row, now=now, draw=draw_arm, fresh=True)
    data = {**({"participant": role} if role else {}), **(facts or {})}
    event = IncomingEvent(f"{key}:enrolled", key, "enrolled", at, data, sequence=FIRST)
    answer = recorder.take(event, source or Source(by="system", house=True))
    if answer.problems:
        raise Refused(answer.problems)
    change = recorder.finish()
    row.save()
    write([change], now=now)
    return row


def new_enrolment(adoption: Adoption, *, key: str, at: int, **whom: Any) -> Enrolment:
    """An unsaved row for an enrolment that nothing has happened to yet; person, title and role may be given later."""
    version = adoption.protocol_version
    return Enrolment(adoption=adoption, key=key, protocol_version=version, enrolled_at=at, **whom)


def record(adoption: Adoption, events: Sequence[IncomingEvent], *, source: Source) -> list[RowAnswer]:
    """Records events of any enrolments in the adoption; one answer each, in the same order.

    Many enrolments' events are one transaction; what is refused there leaves the rest standing.
    """
    groups: dict[str, list[int]] = {}
    for place, event in enumerate(events):
        groups.setdefault(event.enrolment, []).append(place)
    answers: dict[int, RowAnswer] = {}
    keys = list(groups)
    for some in (keys[start : start + TOGETHER] for start in range(0, len(keys), TOGETHER)):
        found = record_groups(adoption, {key: [events[place] for place in groups[key]] for key in some}, source)
        for key in some:
            answers |= dict(zip(groups[key], found[key], strict=True))
    return [answers[place] for place in range(len(events))]


def record_one(
    enrolment: Enrolment,
    kind: str,
    data: Mapping[str, Any],
    *,
    source: Source,
    at: int | None = None,
    id: str = "",
) -> RowAnswer:
    """Records what a person reports on a page. `id` (from the form) makes sending it twice harmless. Raises Refused."""
    event = IncomingEvent(
        id or f"page-{uuid.uuid4().hex}", enrolment.key, kind, clock.now() if at is None else at, dict(data)
    )
    answer = record(enrolment.adoption, [event], source=source)[0]
    if answer.status is Outcome.REFUSED:
        raise Refused(answer.problems)
    return answer


def acknowledge(alarm: Alarm, *, user: User, role: str) -> RowAnswer:
    """Takes an alarm on: it is escalated no further, and stays until it is dealt with. Raises Refused."""
    return _about_due(alarm, "acknowledged", {}, user=user, role=role)


def resolve(item: Alarm | Task, *, user: User, role: str, how: str) -> RowAnswer:
    """Closes an alarm or task that has been dealt with; `how` in a few words. Raises Refused."""
    return _about_due(item, "resolved", {"how": how}, user=user, role=role)


def waive(item: Alarm | Task | Due, *, user: User, role: str, reason: str) -> RowAnswer:
    """Decides that what was expected need not be done. Raises Refused."""
    return _about_due(item, "waived", {"reason": reason}, user=user, role=role)


def void(event: Event, *, user: User, role: str) -> RowAnswer:
    """Says that an event did not happen: it stays in the log, and counts no more. Raises Refused."""
    return record_one(event.enrolment, "voided", {"event": event.key}, source=Source(by=role, user=user, house=True))


@transaction.atomic
def mend(enrolment: Enrolment) -> Enrolment:
    """Takes back an enrolment that was set aside: folds its log and writes what differs, or raises what breaks it."""
    row = lock(enrolment.adoption, enrolment.key)
    if row is not None and row.broken_reason:
        write([refolded(row)], now=clock.now())
        books.settle(row)
        Notice.objects.filter(key=f"broken/{row.public_id}").delete()
    return row or enrolment


def mark_seen(notice: Notice) -> None:
    """Somebody has read the notice."""
    if notice.seen_at is None:
        notice.seen_at = clock.now()
        notice.save(update_fields=["seen_at"])


def _about_due(item: Alarm | Task | Due, kind: str, more: Mapping[str, Any], *, user: User, role: str) -> RowAnswer:
    source = Source(by=role, user=user, house=True)
    return record_one(item.enrolment, kind, {"due": item.due, **more}, source=source)


def _check(adoption: Adoption) -> None:
    """Raises Refused for an unknown zone, a wrong overlay, or prices that the practice does not have."""
    problems = []
    try:
        adoption.full_clean(validate_unique=False)
    except ValidationError as error:
        problems = [
            Problem(name, text.rstrip("."), _("Correct it."))
            for name, texts in error.message_dict.items()
            for text in texts
        ]
    if not problems:
        problems = [*_unknown_prices(adoption), *_wrong_places(adoption)]
    if problems:
        raise Refused(problems)


def _unknown_prices(adoption: Adoption) -> list[Problem]:
    economy = adoption_machine(adoption).protocol.economy
    known = set(economy.prices) if economy else set()
    instead = _("Write one of %(names)s.") % {"names": ", ".join(sorted(known)) or "–"}
    unknown = [name for name in adoption.overlay.get("prices", {}) if name not in known]
    return [Problem("prices", _("is no price of this practice"), instead, name) for name in unknown]


def _wrong_places(adoption: Adoption) -> list[Problem]:
    """Own numbers of places that the practice does not have, and shares that own more than there are."""
    declared, own = adoption_machine(adoption).protocol.places, adoption.overlay.get("places", {})
    instead = _("Write one of %(names)s.") % {"names": ", ".join(sorted(declared)) or "–"}
    what = _("is no kind of place in this practice")
    unknown = [Problem("places", what, instead, name) for name in own if name not in declared]
    limits = {name: limits_of(place, own_places(own.get(name, {}))) for name, place in declared.items()}
    return unknown + [
        Problem(
            "places",
            _("is less than the shares own together, %(sum)s") % {"sum": sum(limit.shares.values())},
            _("Write more places, or smaller shares."),
            str(limit.capacity),
        )
        for limit in limits.values()
        if limit.capacity is not None and sum(limit.shares.values()) > limit.capacity
    ]


def _check_enrolling(adoption: Adoption, *, person: Person | None, title: str, role: str, key: str) -> None:
    problems = [*_whom(adoption, person, title.strip()), *_as_which(adoption, role)]
    if not key or len(key) > 80 or not key.isprintable():
        problems.append(Problem("enrolment", _("is no number"), _("Write for example U-0017."), key[:80]))
    elif Enrolment.objects.filter(adoption=adoption, key=key).exists():
        problems.append(Problem("enrolment", _("is taken"), _("Choose another number."), key))
    if problems:
        raise Refused(problems)


def _whom(adoption: Adoption, person: Person | None, title: str) -> list[Problem]:
    """A matter has a title, everything else a person of the same organisation."""
    is_matter = adoption_machine(adoption).protocol.matter is not None
    if is_matter and person is not None:
        return [Problem("person", _("is not what this practice is about"), _("Give it a title instead."))]
    if is_matter and not title:
        return [Problem("title", _("is missing"), _("Write what it is called, for example The Berg family."))]
    if is_matter:
        return []
    if person is None:
        return [Problem("person", _("is missing"), _("Choose somebody, or write a name."))]
    if person.organisation_id != adoption.organisation_id:
        return [Problem("person", _("is not known here"), _("Add the person in this organisation first."))]
    return []


def _as_which(adoption: Adoption, role: str) -> list[Problem]:
    """One of several participants must be named; where there is one, or none, it goes without saying."""
    roles = adoption_machine(adoption).protocol.participant_roles
    if (role in roles) if len(roles) > 1 else role in ("", *roles):
        return []
    instead = _("Write one of %(roles)s.") % {"roles": ", ".join(roles) or "–"}
    return [Problem("participant", _("is not one of those who take part in this practice"), instead, role)]

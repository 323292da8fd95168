"""A person in an adoption, as staff see it: where in the path, what is expected, what can be done, what happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BigIntegerField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from genklang.engine.conditions import Condition, event_kinds
from genklang.operate import clock
from genklang.operate.forms.answers import answer_in_words
from genklang.operate.joining import members_of
from genklang.operate.machines import shown_state
from genklang.operate.models import Due, Enrolment, EnrolmentMember, Event, OutcomeFact
from genklang.operate.pages import asked, awaited
from genklang.operate.pages.audiences import said_about_others
from genklang.operate.pages.awaited import Expected
from genklang.operate.pages.choosing import is_answerable
from genklang.operate.pages.coming import coming
from genklang.operate.pages.films import ShownFile, files_of
from genklang.operate.pages.known import told
from genklang.operate.pages.network import Network, network_of
from genklang.operate.pages.paging import Asked
from genklang.operate.pages.path import stages_of_way
from genklang.operate.pages.protocols import numbers_of, stages_of, words_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.ways import Ways, about
from genklang.operate.pages.words import Words, language, say, status_in_words
from genklang.protocol.types import EventKind, Protocol
from genklang.statements import prepared

ROWS_PER_PAGE = 25
EVENT, OUTCOME = 0, 1
TOLD_BY_OTHERS = ("stated", "acknowledged", "time_passed")


@dataclass(frozen=True)
class Step:
    """A stage of the path; `state` is done, now or to_come."""

    name: str
    state: str


@dataclass(frozen=True)
class Belongs:
    """Somebody who belongs to the enrolment: name, what they are in it, since when."""

    key: str
    name: str
    role: str
    since: str


@dataclass(frozen=True)
class Action:
    """Something that may be reported now. `simple` has no questions and ends nothing; `expected` is waited for.

    `beside` is said beside the thing that it is about, and not in the list of all that may be reported.
    """

    kind: str
    label: str
    help: str
    simple: bool
    expected: bool
    ends: bool
    gives_up: bool = False
    beside: bool = False


@dataclass(frozen=True)
class Happening:
    """A line of the timeline. `mark` is done, alarm or now; `event` can be taken back when `mine`."""

    when: str
    day: str
    time: str
    stamp: str
    what: str
    details: list[tuple[str, str]]
    mark: str
    by: str = ""
    note: str = ""
    event: int | None = None
    mine: bool = False
    files: list[ShownFile] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """The whole page."""

    enrolment: Enrolment
    words: Words
    path: list[Step]
    alarms: list[Expected]
    tasks: list[Expected]
    expected: list[Expected]
    actions: list[Action]
    facts: list[tuple[str, str]]
    ended: bool
    members: list[Belongs]
    network: Network | None
    has_journey: bool
    has_files: bool

    @property
    def stage(self) -> str:
        """The present stage in words."""
        return self.words.stage(self.enrolment.stage)

    @property
    def arm(self) -> str:
        """The arm in words, empty when nothing was drawn."""
        return self.words.arm(self.enrolment.arm) if self.enrolment.arm else ""


def case_of(enrolment: Enrolment, *, roles: frozenset[str]) -> Case:
    """The page for somebody who works in those roles."""
    words = words_of(enrolment)
    dues = asked.dues(enrolment.pk)
    telling = Telling(enrolment.adoption, words)
    may_do = [
        action
        for action in actions(enrolment, words.protocol, roles=roles, dues=dues)
        if is_answerable(enrolment, action.kind, telling)
    ]
    shown = awaited.Shown(telling, Ways(words, {action.kind: action.label for action in may_do}))
    return Case(
        enrolment=enrolment,
        words=words,
        path=_path(words.protocol, enrolment),
        alarms=awaited.alarms(enrolment, shown),
        tasks=awaited.tasks(enrolment, shown),
        expected=[awaited.expected(due, shown) for due in coming(enrolment)],
        actions=may_do,
        facts=told(enrolment),
        ended=words.protocol.stages[enrolment.stage].final,
        members=[_belongs(row, words) for row in members_of(enrolment)] if words.protocol.member_roles else [],
        network=network_of(enrolment, words),
        has_journey=words.protocol.journey is not None,
        has_files=bool(words.protocol.files),
    )


def _belongs(member: EnrolmentMember, words: Words) -> Belongs:
    since = words.day(member.joined_at)
    return Belongs(member.key, member.person.display_name, words.role(member.role), since)


def actions(
    enrolment: Enrolment, protocol: Protocol, *, roles: frozenset[str], dues: Iterable[Due] | None = None
) -> list[Action]:
    """What these roles may report now: what is expected first, what ends participation last."""
    live = asked.dues(enrolment.pk) if dues is None else dues
    wanted = {kind for due in live for kind in protocol.expectations[due.expectation].expect}
    found = [
        action(name, kind, protocol, expected=name in wanted)
        for name, kind in protocol.events.items()
        if roles & set(kind.by) and enrolment.stage in stages_of(protocol, kind) and may_hold(protocol, name, enrolment)
    ]
    return sorted(found, key=lambda action: (action.ends, not action.expected))


def may_hold(protocol: Protocol, name: str, enrolment: Enrolment) -> bool:
    """Whether an event's condition holds as far as facts and arm tell: one that also needs its answers is asked."""
    condition = protocol.events[name].when
    if condition is None:
        return True
    known = {"arm": enrolment.arm or None, "stage": enrolment.stage, **known_facts(enrolment)}
    return Condition(condition, event_kinds(protocol, name)).asked(known) is not False


def known_facts(enrolment: Enrolment) -> dict[str, Any]:
    """What is known about the participant, by fact."""
    return dict(shown_state(enrolment).facts)


def facts_in_words(protocol: Protocol, known: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each fact that is known, with its question."""
    return [
        (say(fact), answer_in_words(fact, known[name]))
        for name, fact in protocol.facts.items()
        if known.get(name) is not None
    ]


def timeline(enrolment: Enrolment, *, page: str | None, user_id: int | None, devices: bool = True) -> Page[Happening]:
    """Everything that has happened, latest first: reports, and expectations that were missed or waived."""
    make = partial(_happenings, enrolment=enrolment, user_id=user_id)
    lines = Asked(_happened if devices else _happened_without_devices, [enrolment.pk], make)
    return Paginator(lines, ROWS_PER_PAGE).get_page(page)


@prepared
def _happened(enrolment: int) -> QuerySet[Any, dict[str, int]]:
    return _with_missed(enrolment, Event.objects.all())


@prepared
def _happened_without_devices(enrolment: int) -> QuerySet[Any, dict[str, int]]:
    return _with_missed(enrolment, Event.objects.exclude(by__in=["device", "system"]))


def _with_missed(enrolment: int, events: QuerySet[Event]) -> QuerySet[Any, Any]:
    told = events.filter(enrolment=enrolment).exclude(kind__in=TOLD_BY_OTHERS)
    missed = OutcomeFact.objects.filter(enrolment=enrolment, current=True, status__in=["missed", "waived"])
    rows = _rows(told, EVENT, "occurred_at").union(_rows(missed, OUTCOME, "deadline_at"), all=True)
    return rows.order_by("-at", "group", "-row")


def _rows(rows: QuerySet[Any, Any], group: int, at: str) -> QuerySet[Any, Any]:
    return rows.order_by().values(
        group=Value(group, IntegerField()), at=Cast(at, BigIntegerField()), row=Cast(F("pk"), BigIntegerField())
    )


def _happenings(rows: list[dict[str, Any]], enrolment: Enrolment, user_id: int | None) -> list[Happening]:
    chosen = [(row["group"], row["row"]) for row in rows]
    events = {row.pk: row for row in asked.events([row for group, row in chosen if group == EVENT])}
    for event in events.values():
        event.enrolment = enrolment
    facts = {row.pk: row for row in asked.outcomes([row for group, row in chosen if group == OUTCOME])}
    met, voided = met_by(enrolment, [event.key for event in events.values()]), voided_in(enrolment)
    words = words_of(enrolment)
    telling = Telling(enrolment.adoption, words).ready(events.values())
    return [
        happening(events[row], telling, met=met.get(events[row].key), voided=voided, user_id=user_id)
        if group == EVENT
        else _missed(facts[row], telling)
        for group, row in chosen
    ]


def met_by(enrolment: Enrolment, keys: list[str]) -> dict[str, OutcomeFact]:
    """What each of these events met, by the event's key."""
    return {row.event: row for row in asked.met(enrolment.pk, keys)}


def voided_in(enrolment: Enrolment) -> frozenset[str]:
    """The keys of the events that somebody has taken back."""
    return frozenset(str(data.get("event")) for data in asked.taken_back(enrolment.pk))


def happening(
    event: Event, telling: Telling, *, met: OutcomeFact | None, voided: frozenset[str], user_id: int | None
) -> Happening:
    """An event as a line of the timeline."""
    words = telling.words
    kind = words.protocol.events.get(event.kind)
    note = _note(event, met, words, is_voided=event.key in voided)
    return Happening(
        when=words.when(event.occurred_at),
        day=words.day(event.occurred_at),
        time=words.clock_time(event.occurred_at),
        stamp=clock.moment(event.occurred_at).isoformat(),
        what=words.event(event.kind),
        details=details(event, kind, telling),
        mark="now" if event.held else "done",
        by=by_whom(event, words),
        note=note,
        event=event.pk,
        mine=bool(kind and user_id and event.actor_id == user_id and event.key not in voided),
        files=files_of(event) if kind else [],
    )


def details(event: Event, kind: EventKind | None, telling: Telling) -> list[tuple[str, str]]:
    """What the event carried, in words."""
    words = telling.words
    if kind is not None:
        hidden = numbers_of(words.protocol, event.kind)
        return [
            (say(question), telling.value(question, event.data[name]))
            for name, question in kind.fields.items()
            if event.data.get(name) is not None and name not in hidden and question.type != "file"
        ]
    if event.kind == "allocated":
        return [(_("The lot fell on"), words.arm(str(event.data.get("arm"))))]
    if event.kind == "drawn":
        draw = str(event.data.get("draw"))
        return [(say(words.protocol.draws.get(draw), draw), _("Yes") if event.data.get("chosen") else _("No"))]
    if event.kind in {"resolved", "waived"}:
        return [(_("Said"), str(event.data.get("how") or event.data.get("reason") or ""))]
    if event.kind in {"member_joined", "member_left"}:
        return [(_("Who"), telling.member(str(event.data.get("member"))))]
    return []


def by_whom(event: Event, words: Words) -> str:
    """Who said so: the person's name, else the role or device."""
    if event.actor:
        return str(event.actor)
    if event.link:
        return event.link.named or words.role(event.by)
    return str(event.token) if event.token else "" if event.by == "system" else words.role(event.by)


def _note(event: Event, met: OutcomeFact | None, words: Words, *, is_voided: bool) -> str:
    if is_voided:
        return _("Taken back: it does not count.")
    if event.held:
        return _("Waits: something that should come before it has not been reported.")
    return status_in_words(met.status) if met and met.status in {"met", "met_late"} else ""


def _missed(fact: OutcomeFact, telling: Telling) -> Happening:
    words, whom = telling.words, about(fact.due, telling)
    if fact.status == "missed":
        what = words.not_happened(fact.expectation)
    else:
        how = {"what": words.expectation(fact.expectation), "how": status_in_words(fact.status)}
        what = _("%(what)s: %(how)s") % how
    return Happening(
        when=words.when(fact.deadline_at),
        day=words.day(fact.deadline_at),
        time=words.clock_time(fact.deadline_at),
        stamp=clock.moment(fact.deadline_at).isoformat(),
        what=f"{what}: {whom}" if whom else what,
        details=[],
        mark="alarm" if fact.status == "missed" else "done",
        note=_("Meant for %(when)s.") % {"when": words.when(fact.target_at)},
    )


def _path(protocol: Protocol, enrolment: Enrolment) -> list[Step]:
    names = stages_of_way(protocol, enrolment)
    here = names.index(enrolment.stage)
    final_now = protocol.stages[enrolment.stage].final
    steps = []
    for place, name in enumerate(names):
        state = "now" if place == here else "done" if place < here and not final_now else "to_come"
        steps.append(Step(protocol.stages[name].in_language(language()), state))
    return steps


def action(name: str, kind: EventKind, protocol: Protocol, *, expected: bool) -> Action:
    """An event as something that can be done."""
    ends = any(protocol.stages[target].final for _source, target in kind.moves)
    gives_up = _gives_up(kind, protocol)
    return Action(
        kind=name,
        label=say(kind),
        help=say(kind.help) if kind.help else "",
        simple=not kind.fields and not ends and not gives_up,
        expected=expected,
        ends=ends,
        gives_up=gives_up,
        beside=name in said_about_others(protocol),
    )


def _gives_up(kind: EventKind, protocol: Protocol) -> bool:
    """Whether somebody gives up their turn or their place by it, and is left with neither."""
    stages = {stage for place in protocol.places.values() for stage in (*place.waiting, *place.holding)}
    own = any(role in kind.by for role in protocol.participant_roles)
    return own and any(source in stages and target not in stages for source, target in kind.moves)

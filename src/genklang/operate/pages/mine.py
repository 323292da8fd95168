"""My page: what a person sees about themselves, the own words first."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from genklang.engine.types import Due
from genklang.operate import access
from genklang.operate.beginning import Opening, openings_of
from genklang.operate.joining import own_members
from genklang.operate.models import Adoption, Enrolment, EnrolmentMember, Event
from genklang.operate.models import Due as DueRow
from genklang.operate.pages import asked
from genklang.operate.pages import case as cases
from genklang.operate.pages.case import Action, Happening
from genklang.operate.pages.coming import coming
from genklang.operate.pages.exchange import can_be_done, own_telling
from genklang.operate.pages.network import Network, network_of
from genklang.operate.pages.protocols import protocol_of, words_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.ways import Way, Ways, about
from genklang.operate.pages.words import Words, say
from genklang.people.models import Person, User
from genklang.people.selectors import Look, who_looked
from genklang.statements import prepared

NEXT, LATEST, READ = 3, 3, 10
DECISIONS = ("enrolled", "allocated", "waived")


@dataclass(frozen=True)
class Coming:
    """Something that awaits the person, in any practice."""

    at: int
    when: str
    what: str
    practice: str
    about: str = ""
    enrolment: Enrolment | None = None
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True)
class Part:
    """One practice that the person takes part in. `own_words` are answers in free text, each with its question."""

    enrolment: Enrolment
    roles: frozenset[str]
    practice: str
    summary: str
    stage: str
    ended: bool
    title: str = ""
    own_words: list[tuple[str, str]] = field(default_factory=list)
    next: list[Coming] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    written: list[Happening] = field(default_factory=list)
    decided: list[Happening] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    network: Network | None = None
    has_journey: bool = False
    is_member: bool = False

    @property
    def reads_others(self) -> bool:
        """Whether it tells something about the others whom it is about."""
        return self.is_member and bool(self.decided or self.network)

    @property
    def doing(self) -> list[Action]:
        """What the person can do and go on taking part, and what is waited for now although it is the last."""
        return [action for action in self.actions if not _leaves(action) and not action.beside]

    @property
    def leaving(self) -> list[Action]:
        """How the person says no, or stops."""
        return [action for action in self.actions if _leaves(action)]


@dataclass(frozen=True)
class Beginning:
    """Something that the person may begin with. `as_what` where there is more than one thing to be in it."""

    adoption: Adoption
    role: str
    practice: str
    summary: str
    as_what: str


@dataclass(frozen=True)
class MyPage:
    """The whole page: the person, each practice, and who has looked."""

    person: Person
    parts: list[Part]
    looks: list[Look]
    open: list[Beginning] = field(default_factory=list)

    @property
    def next(self) -> list[Coming]:
        """What comes next, soonest first, whatever practice it belongs to."""
        return sorted((each for part in self.parts for each in part.next), key=lambda each: each.at)[:NEXT]

    @property
    def own_words(self) -> list[tuple[str, str]]:
        """What the person has said in the own words, in any practice, with the question; each only once."""
        return list(dict.fromkeys(said for part in self.parts for said in part.own_words))

    @property
    def first_name(self) -> str:
        """What one says to somebody one knows."""
        return self.person.display_name.split()[0]


@dataclass(frozen=True)
class Mine:
    """One enrolment as one of those whom it is about sees it: the own roles decide what is shown."""

    enrolment: Enrolment
    words: Words
    user: User
    roles: frozenset[str]

    @property
    def is_participant(self) -> bool:
        """Whether the enrolment is about the user, and not about something that the user belongs to."""
        return bool(self.roles & set(self.words.protocol.participant_roles))

    @cached_property
    def keys(self) -> frozenset[str]:
        """What the log calls the user, as a member."""
        return frozenset(member.key for member in own_members(self.user, self.enrolment))

    @cached_property
    def everybody(self) -> frozenset[str]:
        """What the log calls all who belong to the enrolment, or have."""
        return frozenset(asked.member_keys(self.enrolment.pk))

    def written(self) -> list[Happening]:
        """What the user has written; as the participant, also what was written in that role without signing in."""
        kinds, most = list(self.words.protocol.events), slice(0, self._most)
        if not self.is_participant:
            return self._told(_written.part(most, self.enrolment.pk, self.user.pk, kinds))
        roles = sorted(self.roles & set(self.words.protocol.participant_roles))
        return self._told(_written_or_by.part(most, self.enrolment.pk, self.user.pk, roles, kinds))

    def decided(self) -> list[Happening]:
        """Moves between stages, the lot, what was waived; for a member what the role may read, by others."""
        protocol, most = self.words.protocol, slice(0, self._most)
        if not self.is_participant:
            return self._told(_by_others.part(most, self.enrolment.pk, self.user.pk, sorted(self._sees)))
        moving = [name for name, kind in protocol.events.items() if kind.moves]
        return self._told(_of_kinds.part(most, self.enrolment.pk, [*DECISIONS, *moving]))

    def may_read(self, event: Event) -> bool:
        """Whether the user may read what an event carries: the participant all of it, a member what the role sees."""
        return self.is_participant or event.kind in self._sees or event.actor_id == self.user.pk

    @property
    def _most(self) -> int:
        return LATEST if self.is_participant else READ

    def _told(self, latest: list[Event]) -> list[Happening]:
        for row in latest:
            row.enrolment = self.enrolment
        facts = cases.met_by(self.enrolment, [row.key for row in latest])
        telling = self.reading.ready(latest)
        return [
            cases.happening(row, telling, met=facts.get(row.key), voided=self._voided, user_id=self.user.pk)
            for row in latest
        ]

    @cached_property
    def telling(self) -> Telling:
        """Words for the participant."""
        return own_telling(self.enrolment, self.roles)

    @cached_property
    def reading(self) -> Telling:
        """Words for what the user may read."""
        if self.is_participant:
            return self.telling
        return Telling(self.enrolment.adoption, self.words, may_read=self.may_read)

    @property
    def sees_network(self) -> bool:
        """Whether the people around are the user's to see."""
        drawn = self.words.protocol.network
        return drawn is not None and (self.is_participant or drawn.of in self._sees)

    @cached_property
    def dues(self) -> list[DueRow]:
        """What is expected, soonest first."""
        return asked.dues(self.enrolment.pk)

    @cached_property
    def _voided(self) -> frozenset[str]:
        return cases.voided_in(self.enrolment)

    @cached_property
    def _sees(self) -> set[str]:
        return {kind for role in self.roles for kind in self.words.protocol.roles[role].sees}


def my_pages(user: User) -> list[MyPage]:
    """A page for each organisation that knows the user as a person; mostly one."""
    return [
        MyPage(person, _parts(person, user), who_looked(person, limit=10), [*map(_beginning, openings_of(person))])
        for person in _persons(user.pk)
    ]


def _beginning(opening: Opening) -> Beginning:
    protocol = protocol_of(opening.adoption.protocol_version)
    role = words_of(opening.adoption).role(opening.role) if len(protocol.participant_roles) > 1 else ""
    return Beginning(opening.adoption, opening.role, say(protocol.title), say(protocol.summary), role)


def _parts(person: Person, user: User) -> list[Part]:
    # Two lookups by an index each; "or" in one statement would look at every enrolment.
    rows = _enrolments(sorted({*_taking_part(person.pk), *_belonging(person.pk)}))
    return sorted((_part(row, user) for row in rows), key=lambda part: (part.ended, not part.doing, not part.next))


@prepared
def _written(enrolment: int, user: int, kinds: list[str]) -> QuerySet[Event]:
    return _latest(enrolment).filter(actor=user, kind__in=kinds)


@prepared
def _written_or_by(enrolment: int, user: int, roles: list[str], kinds: list[str]) -> QuerySet[Event]:
    return _latest(enrolment).filter(Q(actor=user) | Q(by__in=roles), kind__in=kinds)


@prepared
def _by_others(enrolment: int, user: int, kinds: list[str]) -> QuerySet[Event]:
    return _latest(enrolment).filter(kind__in=kinds).exclude(actor=user)


@prepared
def _of_kinds(enrolment: int, kinds: list[str]) -> QuerySet[Event]:
    return _latest(enrolment).filter(kind__in=kinds)


def _latest(enrolment: int) -> QuerySet[Event]:
    rows = Event.objects.filter(enrolment=enrolment).select_related("actor", "token")
    return rows.order_by("-occurred_at", "-sequence")


@prepared
def _persons(user: int) -> QuerySet[Person]:
    return Person.objects.filter(user=user).select_related("organisation")


@prepared
def _taking_part(person: int) -> QuerySet[Enrolment, int]:
    return Enrolment.objects.filter(person=person).order_by().values_list("pk", flat=True)


@prepared
def _belonging(person: int) -> QuerySet[EnrolmentMember, int]:
    rows = EnrolmentMember.objects.filter(person=person, left_at=None)
    return rows.order_by().values_list("enrolment", flat=True)


@prepared
def _enrolments(keys: list[int]) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(pk__in=keys).with_protocol().select_related("person")


def _part(enrolment: Enrolment, user: User) -> Part:
    words, protocol = words_of(enrolment), protocol_of(enrolment.protocol_version)
    mine = Mine(enrolment, words, user, access.own_roles(user, enrolment))
    known = cases.known_facts(enrolment) if mine.is_participant else {}
    names = {role.called for role in protocol.roles.values()}
    texts = {name for name, fact in protocol.facts.items() if fact.type == "text" and name not in names}
    own = [
        (say(protocol.facts[name]), capfirst(str(known[name])))
        for name in protocol.facts
        if name in texts and known.get(name)
    ]
    may_do = _actions(mine)
    return Part(
        enrolment=enrolment,
        roles=mine.roles,
        practice=say(protocol.title),
        summary=say(protocol.summary),
        stage=words.stage(enrolment.stage),
        ended=protocol.stages[enrolment.stage].final,
        own_words=own,
        title=enrolment.called if enrolment.person_id is None else "",
        next=_next(mine, may_do),
        actions=may_do,
        written=mine.written(),
        decided=mine.decided(),
        facts=cases.facts_in_words(protocol, {name: value for name, value in known.items() if name not in texts}),
        network=network_of(enrolment, words) if mine.sees_network else None,
        has_journey=words.protocol.journey is not None,
        is_member=not mine.is_participant,
    )


def _leaves(action: Action) -> bool:
    """Whether it is a way out, and not the end that was meant."""
    return (action.ends and not action.expected) or action.gives_up


def _actions(mine: Mine) -> list[Action]:
    """What the user may do from the page itself; what answers something stands where that is told."""
    kinds, now = mine.words.protocol.events, _awaited(mine)
    return [
        replace(action, expected=action.kind in now)
        for action in cases.actions(mine.enrolment, mine.words.protocol, roles=mine.roles, dues=mine.dues)
        if not mine.is_participant
        or can_be_done(mine.enrolment, action.kind, kinds[action.kind], roles=mine.roles, telling=mine.telling)
    ]


def _awaited(mine: Mine) -> set[str]:
    """The kinds of event that meet what is open now."""
    open_now = {due.expectation for due in mine.dues if due.opens_at <= mine.words.now}
    return {kind for name in open_now for kind in mine.words.protocol.expectations[name].expect}


def _next(mine: Mine, may_do: list[Action]) -> list[Coming]:
    """What awaits the user, soonest first; what is open already with the forms that meet it."""
    words, ways = mine.words, Ways(mine.words, {action.kind: action.label for action in may_do})
    return [
        Coming(
            at=due.target_at,
            when=words.when_awaited(due),
            what=words.expectation(due.expectation),
            practice=say(words.protocol.title),
            about=about(due.id, mine.reading),
            enrolment=mine.enrolment,
            ways=ways.of(due.id) if due.opens_at <= words.now else (),
        )
        for due in coming(mine.enrolment)
        if _concerns(due, mine)
    ][:NEXT]


def _concerns(due: Due, mine: Mine) -> bool:
    """Whether the person is told: what is still to come, and not for staff alone; a member, of what is theirs to do."""
    declared, protocol = mine.words.protocol.expectations[due.expectation], mine.words.protocol
    if due.deadline_at < mine.words.now or declared.internal:
        return False
    members = mine.everybody.intersection(due.id.split("/"))
    if members:
        return bool(members & mine.keys)
    return mine.is_participant or any(mine.roles & set(protocol.events[kind].by) for kind in declared.expect)

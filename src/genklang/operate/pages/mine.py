"""My page: what a person sees about themselves, the own words first."""

from dataclasses import dataclass, field

from django.utils.text import capfirst

from genklang.engine.types import Due
from genklang.operate.models import Enrolment, Event
from genklang.operate.pages import case as cases
from genklang.operate.pages.case import Action, Happening
from genklang.operate.pages.coming import coming
from genklang.operate.pages.protocols import protocol_of, words_of
from genklang.operate.pages.words import Words, say
from genklang.people.models import Person, User
from genklang.people.selectors import Look, who_looked

NEXT, LATEST = 3, 3
DECISIONS = ("enrolled", "allocated", "waived")


@dataclass(frozen=True)
class Coming:
    """Something that awaits the person, in any practice."""

    at: int
    when: str
    what: str
    practice: str


@dataclass(frozen=True)
class Part:
    """One practice that the person takes part in. `own_words` are answers in free text, each with its question."""

    enrolment: Enrolment
    practice: str
    summary: str
    stage: str
    ended: bool
    own_words: list[tuple[str, str]] = field(default_factory=list)
    next: list[Coming] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    written: list[Happening] = field(default_factory=list)
    decided: list[Happening] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def doing(self) -> list[Action]:
        """What the person can do and go on taking part."""
        return [action for action in self.actions if not action.ends]

    @property
    def leaving(self) -> list[Action]:
        """How the person says no, or stops."""
        return [action for action in self.actions if action.ends]


@dataclass(frozen=True)
class MyPage:
    """The whole page: the person, each practice, and who has looked."""

    person: Person
    parts: list[Part]
    looks: list[Look]

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


def my_pages(user: User) -> list[MyPage]:
    """A page for each organisation that knows the user as a person; mostly one."""
    persons = Person.objects.filter(user=user).select_related("organisation")
    return [MyPage(person, _parts(person, user), who_looked(person, limit=10)) for person in persons]


def _parts(person: Person, user: User) -> list[Part]:
    rows = Enrolment.objects.filter(person=person).select_related(
        "person", "adoption__protocol_version", "protocol_version"
    )
    return sorted((_part(row, user) for row in rows), key=lambda part: (part.ended, not part.doing, not part.next))


def _part(enrolment: Enrolment, user: User) -> Part:
    words, protocol = words_of(enrolment), protocol_of(enrolment.protocol_version)
    known = cases.known_facts(enrolment)
    texts = {name for name, fact in protocol.facts.items() if fact.type == "text"}
    own = [
        (say(protocol.facts[name]), capfirst(str(known[name])))
        for name in protocol.facts
        if name in texts and known.get(name)
    ]
    return Part(
        enrolment=enrolment,
        practice=say(protocol.title),
        summary=say(protocol.summary),
        stage=words.stage(enrolment.stage),
        ended=protocol.stages[enrolment.stage].final,
        own_words=own,
        next=[_coming(due, words) for due in coming(enrolment) if _concerns(due, words)][:NEXT],
        actions=cases.actions(enrolment, protocol, roles=frozenset({protocol.participant_role})),
        written=_happenings(enrolment, words, user, own=True),
        decided=_happenings(enrolment, words, user, own=False),
        facts=cases.facts_in_words(protocol, {name: value for name, value in known.items() if name not in texts}),
    )


def _coming(due: Due, words: Words) -> Coming:
    return Coming(
        at=due.target_at,
        when=words.when_due(due.expectation, due.target_at),
        what=words.expectation(due.expectation),
        practice=say(words.protocol.title),
    )


def _concerns(due: Due, words: Words) -> bool:
    """Whether the person is told: what is still to come, and not for staff alone."""
    return due.deadline_at >= words.now and not words.protocol.expectations[due.expectation].internal


def _happenings(enrolment: Enrolment, words: Words, user: User, *, own: bool) -> list[Happening]:
    """What the person has written; or what has been decided: moves between stages, the lot, what was waived."""
    events = Event.objects.filter(enrolment=enrolment).select_related("actor", "token")
    if own:
        chosen = events.filter(by=words.protocol.participant_role, kind__in=list(words.protocol.events))
    else:
        moving = [name for name, kind in words.protocol.events.items() if kind.moves]
        chosen = events.filter(kind__in=[*DECISIONS, *moving])
    latest = list(chosen.order_by("-occurred_at", "-sequence")[:LATEST])
    facts, voided = cases.met_by(enrolment, [row.key for row in latest]), cases.voided_in(enrolment)
    return [
        cases.happening(row, words, met=facts.get(row.key), voided=voided, user_id=user.pk if own else None)
        for row in latest
    ]

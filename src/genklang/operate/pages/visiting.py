"""What somebody without an account meets: what they may read, as a conversation, and the forms of their role."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from genklang.operate import clock
from genklang.operate.forms.answers import AnswerForm, Asking, ByAttribute
from genklang.operate.models import Due, Enrolment, Event, Link
from genklang.operate.pages import choosing
from genklang.operate.pages.case import may_hold
from genklang.operate.pages.films import Address, ShownFile, files_of, subtitles_alone
from genklang.operate.pages.protocols import numbers_of, stages_of, words_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.words import Words, inside_sentence, say
from genklang.operate.shown import Log
from genklang.protocol.types import EventField, EventKind, Protocol
from genklang.voices.languages import name_of

NOT_TOLD = ("file", "reference", "member", "participant")
Bound = Callable[[str, Asking], AnswerForm]


@dataclass
class Entry:
    """Something that was said: by whom, when, the words themselves, and what was answered."""

    key: str
    what: str
    who: str
    when: str
    stamp: str
    said: str
    details: list[tuple[str, str]]
    files: list[ShownFile]
    waits: str = ""
    own: bool = False
    replies: list["Entry"] = field(default_factory=list)


@dataclass(frozen=True)
class Ask:
    """A form that may be sent now. `simple` has no questions, only a button."""

    kind: str
    label: str
    help: str
    form: AnswerForm

    @property
    def simple(self) -> bool:
        """Whether there is nothing to write."""
        return not self.form.questions

    @property
    def shown(self) -> ByAttribute:
        """The form for a template."""
        return ByAttribute(self.form)


@dataclass(frozen=True)
class Reading:
    """Who reads: in which role, what, through which link if any, and where files lie for them."""

    log: Log
    role: str
    events: list[Event]
    link: Link | None
    address: Address
    subtitles: str = ""

    @property
    def words(self) -> Words:
        """The protocol's words."""
        return words_of(self.log.enrolment)


def about(reading: Reading, invited: Event) -> list[Event]:
    """What the link is about: the event that invited, and all that it refers to."""
    found, coming = {invited.key}, [invited]
    while coming:
        for earlier in reading.log.refers_to(coming.pop()):
            if earlier.key not in found:
                found.add(earlier.key)
                coming.append(earlier)
    return [event for event in reading.events if event.key in found]


def conversation(reading: Reading, *, but: Collection[str] = ()) -> list[Entry]:
    """Everything that may be read except `but`: what answers something stands below it; oldest first."""
    entries: dict[str, Entry] = {}
    roots: list[Entry] = []
    telling = Telling(reading.log.enrolment.adoption, reading.words)
    waits = _waits(reading)
    for event in reading.events:
        if event.key in but or _is_only_subtitles(reading, event):
            continue
        entry = replace(entry_of(reading, event, telling), waits=waits.get(event.key, ""))
        entries[event.key] = entry
        parents = [entries[each.key] for each in reading.log.refers_to(event) if each.key in entries]
        (parents[0].replies if parents else roots).append(entry)
    return roots


def entry_of(reading: Reading, event: Event, telling: Telling) -> Entry:
    """An event as something that was said."""
    words, kind = telling.words, reading.log.kind(event)
    said, details = _said(kind, event, telling)
    return Entry(
        key=event.key,
        what=words.event(event.kind),
        who=_who(reading, event, words),
        when=words.when(event.occurred_at),
        stamp=clock.moment(event.occurred_at).isoformat(),
        said=said,
        details=details,
        files=files_of(event, address=reading.address, subtitles=reading.subtitles),
        own=_is_own(reading, event),
    )


def asks(reading: Reading, bound: Bound, *, but: Collection[str] = (), invited: Event | None = None) -> list[Ask]:
    """The forms of the reader's role that fit now; a reference is filled in, or chosen among what may be read."""
    enrolment, protocol = reading.log.enrolment, reading.log.protocol
    found = []
    for name, kind in protocol.events.items():
        possible = reading.role in kind.by and enrolment.stage in stages_of(protocol, kind)
        if name in but or not possible or not may_hold(protocol, name, enrolment):
            continue
        asking = _asking(reading, name, kind, invited)
        if asking is not None:
            found.append(Ask(name, say(kind), say(kind.help) if kind.help else "", bound(name, asking)))
    return found


def offered(protocol: Protocol, role: str) -> list[str]:
    """The languages that somebody in the role can choose between: ours, and those their own texts are written in."""
    texts: Iterable[Any] = (
        text
        for name, kind in protocol.events.items()
        if role in kind.by or name in protocol.roles[role].sees
        for text in _texts(kind)
    )
    return list(dict.fromkeys(["sv", "en", *(code for text in texts for code in text.other)]))


def languages(protocol: Protocol, role: str) -> list[tuple[str, str, bool]]:
    """Each with its own name, and whether the page is in it now."""
    now = get_language()
    return [(code, name_of(code), code == now) for code in offered(protocol, role)]


def mark_of(enrolment: Enrolment) -> str:
    """Changes whenever something happens there; cheap, since everybody who reads asks every few seconds."""
    latest = Event.objects.filter(enrolment=enrolment).aggregate(latest=Max("pk"))["latest"]
    return f"{latest or 0}-{enrolment.stage}"


def _asking(reading: Reading, name: str, kind: EventKind, invited: Event | None) -> Asking | None:
    """What the form must know; None where it refers to something that is not there."""
    telling = Telling(reading.log.enrolment.adoption, reading.words)
    given: dict[str, Any] = {}
    choices: dict[str, list[tuple[str, str]]] = {}
    for field_name, question in kind.fields.items():
        if question.type != "reference":
            continue
        among = _among(reading, name, field_name, telling, invited)
        if not among and question.required:
            return None
        if len(among) < 2 or (invited and among[0][0] == invited.key):
            first = among[0][0] if among else ""
            given[field_name] = [first] if question.many and first else first
        else:
            choices[field_name] = among
    hidden = {number: None for number in numbers_of(reading.log.protocol, name) if _is_text(kind, number)}
    enrolment = reading.log.enrolment
    return Asking(
        kind=kind,
        zone=enrolment.adoption.zone,
        now=clock.moment(reading.words.now),
        choices=choices,
        given={**hidden, **given},
        may_be_earlier=False,
    )


def _is_text(kind: EventKind, name: str) -> bool:
    return name in kind.fields and kind.fields[name].type == "text" and not kind.fields[name].required


def _among(reading: Reading, kind: str, name: str, telling: Telling, invited: Event | None) -> list[tuple[str, str]]:
    """What a reference may point at, of what the reader may read; the event that invited first, and alone."""
    readable = {event.key for event in reading.events} | ({invited.key} if invited else set())
    found = [each for each in choosing.records(reading.log.enrolment, kind, name, telling) if each[0] in readable]
    own = [each for each in found if invited and each[0] == invited.key]
    return own or found


def _said(kind: EventKind, event: Event, telling: Telling) -> tuple[str, list[tuple[str, str]]]:
    """The first text on its own, and the other answers with their questions."""
    hidden = numbers_of(telling.words.protocol, event.kind)
    answers = [
        (question, telling.value(question, event.data[name]))
        for name, question in kind.fields.items()
        if event.data.get(name) not in (None, "", [])
        and question.type not in NOT_TOLD
        and name not in hidden
        and not (kind.invites and name == kind.invites.named)
    ]
    first = next((index for index, (question, _value) in enumerate(answers) if question.type == "text"), None)
    said = answers.pop(first)[1] if first is not None else ""
    return said, [(_question(question), value) for question, value in answers]


def _question(question: EventField) -> str:
    return question.in_language(get_language() or "sv")


def _who(reading: Reading, event: Event, words: Words) -> str:
    """The name and role of those who work there; of others what they are."""
    if _is_own(reading, event):
        return _("You")
    if event.actor and event.actor.name:
        return f"{event.actor.name}, {inside_sentence(words.role(event.by))}"
    if event.link and event.link.named and reading.link:
        return event.link.named
    return "" if event.by == "system" else words.role(event.by)


def _is_own(reading: Reading, event: Event) -> bool:
    return reading.link is not None and reading.log.said_through(event, reading.link.pk)


def _is_only_subtitles(reading: Reading, event: Event) -> bool:
    return subtitles_alone(reading.log.kind(event))


def _waits(reading: Reading) -> Mapping[str, str]:
    """For each event what it waits for, its number in turn where several do, and until when."""
    words, found = reading.words, {}
    turns: Counter[str] = Counter()
    for due in Due.objects.filter(enrolment=reading.log.enrolment).order_by("target_at", "due"):
        declared = words.protocol.expectations.get(due.expectation)
        key = _waiting(reading, choosing.anchor_of(due.due))
        if declared and declared.after and not declared.internal and key:
            turns[due.expectation] += 1
            found[key] = _in_turn(due, words, turns[due.expectation])
    return found


def _in_turn(due: Due, words: Words, number: int) -> str:
    until = words.until_due(due.expectation, due.deadline_at)
    told = {"what": words.expectation(due.expectation), "when": until, "number": number}
    text = _("Waits for: %(what)s, no later than %(when)s")
    if due.missed:
        text = _("Waits for: %(what)s")
    elif number > 1:
        text = _("Number %(number)s in turn. Waits for: %(what)s, no later than %(when)s")
    return text % told


def _waiting(reading: Reading, anchor: str) -> str:
    """The event that the reader sees wait: what began it, or what that refers to."""
    readable = {event.key for event in reading.events}
    began = reading.log.events.get(anchor)
    near = [anchor, *(each.key for each in reading.log.refers_to(began))] if began else []
    return next((key for key in near if key in readable), "")


def _texts(kind: EventKind) -> Iterable[Any]:
    yield kind
    yield from (text for text in (kind.help, kind.happened) if text)
    for question in kind.fields.values():
        yield question
        yield from (text for text in (question.help, question.unit) if text)
        yield from question.options.values()


def open_matters(role: str, enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """Those that anybody may read something of; a matter that nothing is told of yet is not listed."""
    return [each for each in enrolments if Log(each).for_public(role)]

"""What people who take part offer, ask for and owe each other, as each of them sees it.

Nobody is shown another's name but the one chosen for it, nor what another has written but what is meant for others.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from genklang.bank.wording import own_unit
from genklang.operate import books, others
from genklang.operate.models import Enrolment, Event, Transfer
from genklang.operate.others import Way
from genklang.operate.pages import asked, choosing
from genklang.operate.pages.choosing import anchor_of, standing
from genklang.operate.pages.protocols import stages_of, words_of
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.ways import Ways
from genklang.operate.pages.words import Words, say
from genklang.protocol.together import Ledger
from genklang.protocol.types import EventKind, Protocol

LATEST_TOLD, LATEST_MOVED = 4, 50
Links = list[tuple[str, str]]


@dataclass(frozen=True)
class Card:
    """Something that somebody has written, with what one can do about it."""

    what: str
    details: list[tuple[str, str]]
    when: str
    who: str = ""
    links: Links = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """What others have written of one kind."""

    what: str
    cards: list[Card]


@dataclass(frozen=True)
class AccountLine:
    """One transfer as whoever's account it is sees it."""

    when: str
    what: str
    who: str
    amount: str
    came: bool


@dataclass(frozen=True)
class AccountShown:
    """An account: what it is called, what it holds, what that means, and what has moved."""

    name: str
    label: str
    holds: str
    says: str
    below: bool
    lines: list[AccountLine]


@dataclass(frozen=True)
class Exchange:
    """What others have to do with an enrolment, for whoever it is about."""

    enrolment: Enrolment
    waiting: list[Card]
    told: list[Card]
    accounts: list[AccountShown]
    open: int | None

    @property
    def is_anything(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.waiting or self.told or self.accounts or self.open is not None)


def exchange_of(enrolment: Enrolment, roles: frozenset[str]) -> Exchange:
    """Everything of it on my page; `roles` are those in which the enrolment is the reader's own."""
    words = words_of(enrolment)
    participant = roles & set(words.protocol.participant_roles)
    if not participant or enrolment.broken_reason:
        return Exchange(enrolment, [], [], [], None)
    telling = own_telling(enrolment, roles)
    waiting = _waiting(enrolment, roles, telling)
    found = ways_now(enrolment, roles)
    return Exchange(
        enrolment,
        waiting=[card for _key, card in waiting],
        told=_told(enrolment, telling, but={key for key, _card in waiting}),
        accounts=accounts_of(enrolment, lines=0),
        open=len({row.pk for way in found for row in others.open_to(enrolment, way)}) if found else None,
    )


def own_telling(enrolment: Enrolment, roles: Iterable[str]) -> Telling:
    """Words for whoever takes part: of others' events only what is meant for others, of others the chosen name."""
    words = words_of(enrolment)
    readable = readable_kinds(words.protocol, roles)

    def may_read(event: Event) -> bool:
        return event.enrolment_id == enrolment.pk or event.kind in readable

    return Telling(enrolment.adoption, words, may_read=may_read, called=lambda row: called_in_words(row, words))


def called_in_words(enrolment: Enrolment, words: Words) -> str:
    """What others may call whoever it is about, the role where no name was chosen."""
    return others.called(enrolment) or words.role(enrolment.role or words.protocol.participant_role)


def readable_kinds(protocol: Protocol, roles: Iterable[str]) -> frozenset[str]:
    """The kinds of event that these roles may answer when others write them."""
    mine = [name for name, kind in protocol.events.items() if set(roles) & set(kind.by)]
    return frozenset(kind for way in others.ways(protocol, mine) for kind in way.asked.of or ())


def shared_kinds(protocol: Protocol) -> frozenset[str]:
    """The kinds of event that others may read."""
    return readable_kinds(protocol, protocol.participant_roles)


def shared_as(enrolment: Enrolment, kind: str) -> str:
    """The name under which others may read an event of this kind; empty where they may not."""
    words = words_of(enrolment)
    return called_in_words(enrolment, words) if kind in shared_kinds(words.protocol) else ""


def ways_now(enrolment: Enrolment, roles: Iterable[str]) -> list[Way]:
    """The ways in which these roles may answer others as things stand."""
    protocol = words_of(enrolment).protocol
    kinds = [
        name
        for name, kind in protocol.events.items()
        if set(roles) & set(kind.by) and enrolment.stage in stages_of(protocol, kind)
    ]
    return others.ways(protocol, kinds)


def can_be_done(
    enrolment: Enrolment, kind: str, declared: EventKind, *, roles: Iterable[str], telling: Telling
) -> bool:
    """Whether a form leads anywhere from my page: one that answers what came, or others, is reached from there."""
    if any(question.type == "reference" and question.whose == "others" for question in declared.fields.values()):
        return False
    answers = _only_answers(telling.words.protocol, kind, declared, frozenset(roles))
    return not answers and choosing.is_answerable(enrolment, kind, telling)


def groups_for(enrolment: Enrolment, roles: Iterable[str]) -> tuple[list[Group], list[Enrolment]]:
    """What others have written that these roles may answer, by kind; and whose it is, for the log of who looked."""
    words, telling = words_of(enrolment), own_telling(enrolment, roles)
    found: dict[int, tuple[Event, list[Way]]] = {}
    for way in ways_now(enrolment, roles):
        for row in others.open_to(enrolment, way):
            found.setdefault(row.pk, (row, []))[1].append(way)
    by_kind: dict[str, list[Card]] = {}
    telling.ready(row for row, _ways in found.values())
    for row, ways in sorted(found.values(), key=lambda one: -one[0].occurred_at):
        card = _card(row, telling, _links(enrolment, row, ways, words))
        by_kind.setdefault(row.kind, []).append(replace(card, who=called_in_words(row.enrolment, words)))
    order = [kind for kind in words.protocol.events if kind in by_kind]
    groups = [Group(words.event(kind), by_kind[kind]) for kind in order]
    return groups, [row.enrolment for row, _ways in found.values()]


def choices(enrolment: Enrolment, way: Way, telling: Telling) -> list[tuple[str, str]]:
    """What a question that points at others' events may be answered with: a number that tells nothing, and words."""
    rows = others.open_to(enrolment, way)
    telling.ready(rows)
    return [(str(row.pk), f"{telling.line(row)} ({telling.called(row.enrolment)})") for row in rows]


def keys_of(found: Mapping[str, Sequence[tuple[str, str]]]) -> dict[tuple[str, str], str]:
    """What those numbers are recorded as, by field and number: the keys of the events."""
    numbers = {number for among in found.values() for number, _words in among}
    keys = dict(Event.objects.filter(pk__in=numbers).values_list("pk", "key"))
    return {(name, number): keys[int(number)] for name, among in found.items() for number, _words in among}


def accounts_of(enrolment: Enrolment, *, lines: int = LATEST_MOVED) -> list[AccountShown]:
    """The accounts that the enrolment has, each with its latest transfers."""
    words = words_of(enrolment)
    return [_account(enrolment, name, ledger, words, lines) for name, ledger in words.protocol.ledgers.items()]


def amount_in_words(amount: Decimal, ledger: Ledger) -> str:
    """ "1.5 hours", "−200 SEK"."""
    unit = own_unit(ledger.unit, float(abs(amount))) if ledger.unit else _("SEK")
    digits = 0 if amount == amount.to_integral_value() else 2
    written = number_format(abs(amount), decimal_pos=digits, force_grouping=True)
    written = written.rstrip("0") if digits and ledger.unit else written
    return f"{'−' if amount < 0 else ''}{written} {unit}"


def _account(enrolment: Enrolment, name: str, ledger: Ledger, words: Words, lines: int) -> AccountShown:
    holds = books.balance(enrolment, name)
    meaning = ledger.above if holds > 0 else ledger.below if holds < 0 else None
    moved = _moved(enrolment, name, ledger, words, lines) if lines else []
    return AccountShown(name, say(ledger), amount_in_words(holds, ledger), say(meaning), holds < 0, moved)


def _moved(enrolment: Enrolment, name: str, ledger: Ledger, words: Words, most: int) -> list[AccountLine]:
    rows = Transfer.objects.filter(adoption=enrolment.adoption_id, ledger=name).select_related(
        "source__protocol_version", "target__protocol_version"
    )
    mine = (rows.filter(source=enrolment) | rows.filter(target=enrolment))[:most]
    events = dict(
        Event.objects.filter(adoption=enrolment.adoption_id, key__in=[row.event for row in mine]).values_list(
            "key", "kind"
        )
    )
    found = []
    for row in mine:
        came = row.target_id == enrolment.pk
        other, account = (row.source, row.source_account) if came else (row.target, row.target_account)
        who = called_in_words(other, words) if other else say(ledger.accounts.get(account), account)
        what = words.event(events.get(row.event, ""))
        moved = amount_in_words(books.amount_of(row), ledger)
        found.append(AccountLine(words.when(row.occurred_at), what, who, f"{'+' if came else '−'}{moved}", came))
    return found


def _only_answers(protocol: Protocol, kind: str, declared: EventKind, roles: frozenset[str]) -> bool:
    """Whether an event only answers what others have brought about, which then stands with a button of its own."""
    for expectation in protocol.expectations.values():
        begun_by = {
            who for after in expectation.after or () if after in protocol.events for who in protocol.events[after].by
        }
        if begun_by & roles:
            continue
        pointing = [
            name
            for name in expectation.matching or ()
            if name in declared.fields and declared.fields[name].type == "reference" and declared.fields[name].required
        ]
        if kind in expectation.expect and expectation.after and pointing:
            return True
    return False


def _waiting(enrolment: Enrolment, roles: Collection[str], telling: Telling) -> list[tuple[str, Card]]:
    """What has come and waits for an answer, what is due soonest first; each with the key of its event."""
    words = telling.words
    labels = {name: say(kind) for name, kind in words.protocol.events.items() if set(roles) & set(kind.by)}
    ways, links = Ways(words, labels), dict[str, Links]()
    for due in (due for due in asked.dues(enrolment.pk) if due.opens_at <= words.now):
        found = [(way.label, f"{_form(enrolment, way.kind)}?{way.query}") for way in ways.of(due.due)]
        links.setdefault(anchor_of(due.due), []).extend(found)
    came = {row.key: row for row in asked.events_called(enrolment.pk, list(links)) if row.by not in roles}
    rows = [came[key] for key, found in links.items() if found and key in came]
    telling.ready(rows)
    return [(row.key, _card(row, telling, list(dict.fromkeys(links[row.key])))) for row in rows]


def _told(enrolment: Enrolment, telling: Telling, *, but: set[str]) -> list[Card]:
    """The latest that others have told, without what still waits."""
    kinds = [kind.passes.as_ for kind in telling.words.protocol.events.values() if kind.passes]
    if not kinds:
        return []
    rows = [row for row in standing(enrolment, kinds) if row.key not in but][:LATEST_TOLD]
    telling.ready(rows)
    return [_card(row, telling, []) for row in rows]


def _card(row: Event, telling: Telling, links: Links) -> Card:
    words, fields = telling.words, telling.words.protocol.events[row.kind].fields
    said = {
        name: telling.value(field, row.data[name])
        for name, field in fields.items()
        if row.data.get(name) not in (None, "", [])
    }
    who = next((said.pop(name) for name, field in fields.items() if field.type == "participant" and name in said), "")
    details = [(say(fields[name]), text) for name, text in said.items() if fields[name].type != "file"]
    return Card(words.event(row.kind), details, words.day(row.occurred_at), who, links)


def _links(enrolment: Enrolment, row: Event, ways: list[Way], words: Words) -> Links:
    return [
        (say(words.protocol.events[way.kind]), f"{_form(enrolment, way.kind)}?{way.field}={row.pk}") for way in ways
    ]


def _form(enrolment: Enrolment, kind: str) -> str:
    return reverse("operate:my-form", args=[enrolment.public_id, kind])

"""How what is expected can be told: the forms that meet it, with what it is about chosen already."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from genklang.operate.pages.choosing import anchor_of, points_at
from genklang.operate.pages.listed import Place
from genklang.operate.pages.telling import Telling
from genklang.operate.pages.words import Words, say
from genklang.protocol.types import Expectation, Protocol


@dataclass(frozen=True)
class Way:
    """How what is expected can be told: an event's form, with what it is about chosen already."""

    kind: str
    label: str
    query: str


def about(due: str, telling: Telling) -> str:
    """What a due is about, where that is more than its name tells: a record that waits, a person."""
    protocol = telling.words.protocol
    declared = protocol.expectations[due.partition("/")[0]]
    said = [telling.member(due.rpartition("/")[2])] if declared.each else []
    if _waits_for_a_record(declared, protocol):
        said.append(telling.reference(anchor_of(due)))
    if _is_a_signal(declared, protocol):
        said += _signals(anchor_of(due), declared, telling)
    return ", ".join(said)


def tellings(rows: Iterable[tuple[Place, str]], telling: Callable[[Place], Telling]) -> dict[Place, Telling]:
    """Words for many dues by where they stand; what they are about is looked up at once, however many they are."""
    groups: dict[Place, list[str]] = defaultdict(list)
    for place, due in rows:
        groups[place].append(due)
    return {place: _ready(telling(place), dues) for place, dues in groups.items()}


def _ready(telling: Telling, dues: Iterable[str]) -> Telling:
    protocol, events, members = telling.words.protocol, set[str](), set[str]()
    for due in dues:
        declared = protocol.expectations[due.partition("/")[0]]
        if declared.each:
            members.add(due.rpartition("/")[2])
        if _waits_for_a_record(declared, protocol) or _is_a_signal(declared, protocol):
            events.add(anchor_of(due))
    return telling.fetch(events=events, members=members) if events or members else telling


def _waits_for_a_record(declared: Expectation, protocol: Protocol) -> bool:
    fields = [protocol.events[kind].fields for kind in declared.expect]
    return any(points_at(asked[name]) for name in declared.matching or () for asked in fields if name in asked)


def _is_a_signal(declared: Expectation, protocol: Protocol) -> bool:
    return any(name in protocol.signals for name in declared.after or ())


def _signals(anchor: str, declared: Expectation, telling: Telling) -> list[str]:
    """What the event said that began the due by a signal."""
    kind, signals = telling.kind(anchor), telling.words.protocol.signals
    return [say(signals[name]) for name in declared.after or () if name in signals and kind in signals[name].of]


@dataclass(frozen=True)
class Ways:
    """How dues can be met by somebody who may report these kinds of event, each by its label."""

    words: Words
    labels: Mapping[str, str]

    def of(self, due: str) -> tuple[Way, ...]:
        """The forms that meet a due that hangs on something to be pointed at; none where the plain form will do."""
        declared = self.words.protocol.expectations[due.partition("/")[0]]
        found = ((kind, self._query(kind, due, declared)) for kind in declared.expect if kind in self.labels)
        return tuple(Way(kind, self.labels[kind], query) for kind, query in found if query)

    def _query(self, kind: str, due: str, declared: Expectation) -> str:
        fields = self.words.protocol.events[kind].fields
        pointing = {
            name: anchor_of(due) for name in declared.matching or () if name in fields and points_at(fields[name])
        }
        if declared.each:
            about = due.rpartition("/")[2]
            pointing |= {name: about for name, field in fields.items() if field.type == "member"}
        return urlencode(pointing)

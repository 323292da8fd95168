"""Where the engine looks up what lies outside the enrolment at hand: any event of the adoption, any enrolment."""

from collections.abc import Iterable

from genklang.engine.shared import Told
from genklang.engine.types import Event as EngineEvent
from genklang.operate.models import Enrolment, Event


class AdoptionDirectory:
    """The events and enrolments of one adoption. `about` are events whose references are fetched at once."""

    def __init__(self, adoption_id: int, *, about: Iterable[EngineEvent] = ()) -> None:
        self._adoption_id = adoption_id
        self._events: dict[str, Told | None] = {}
        self._enrolments: dict[str, bool] = {}
        self._fetch(self._fetch(about))

    def told(self, event: str) -> Told | None:
        """The event of this id, in whatever enrolment of the adoption it is."""
        if event and event not in self._events:
            self._fetch_ids({event})
        return self._events.get(event)

    def has(self, enrolment: str) -> bool:
        """Whether the adoption has an enrolment of this number."""
        if enrolment not in self._enrolments:
            found = Enrolment.objects.filter(adoption=self._adoption_id, key=enrolment)
            self._enrolments[enrolment] = found.exists()
        return self._enrolments[enrolment]

    def _fetch(self, about: Iterable[EngineEvent]) -> list[EngineEvent]:
        """Whatever these events may refer to; what was found there."""
        texts = {value for event in about for value in event.data.values() if isinstance(value, str) and value}
        return self._fetch_ids(texts - self._events.keys())

    def _fetch_ids(self, ids: set[str]) -> list[EngineEvent]:
        if not ids:
            return []
        self._events |= dict.fromkeys(ids)
        rows = Event.objects.filter(adoption=self._adoption_id, key__in=ids).select_related("enrolment")
        found = [Told(row.enrolment.key, engine_event(row)) for row in rows.only(*_COLUMNS)]
        self._events |= {one.event.id: one for one in found}
        return [one.event for one in found]


_COLUMNS = ("key", "kind", "occurred_at", "by", "data", "sequence", "received_at", "enrolment__key")


def engine_event(row: Event) -> EngineEvent:
    """A row of the log, as the engine takes it."""
    return EngineEvent(row.key, row.kind, row.occurred_at, row.by, row.data, row.sequence, row.received_at)

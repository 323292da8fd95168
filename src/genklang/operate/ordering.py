"""What was just written may ask for documents: they are made as soon as it stands, or else by the worker."""

from collections.abc import Iterable

from django.db import transaction

from genklang.operate.models import Enrolment, Event
from genklang.protocol.types import Protocol


def note(enrolment: Enrolment, protocol: Protocol, events: Iterable[Event]) -> None:
    """Orders the documents of what has just happened to the enrolment."""
    wanted = {document.on for document in protocol.documents.values()}
    if wanted and not wanted.isdisjoint(event.kind for event in events):
        adoption_id = enrolment.adoption_id
        transaction.on_commit(lambda: _issue(adoption_id), robust=True)


def _issue(adoption_id: int) -> None:
    from genklang.operate import issuing  # late: what it records is written through here again

    issuing.settle(adoption_id)

"""Documents made of events: each numbered once, in an unbroken row an adoption, as it was when it was numbered.

A document, its number and the event of its making are written in one transaction, under the enrolment's lock and then
the adoption's. What is missing is found in the log, so that trying again makes nothing twice.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from genklang.documents.invoice import Invoice, Line, Party, from_json, read_address, to_json
from genklang.operate import clock, ledger
from genklang.operate.filed import Issued
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.operate.problems import Refused
from genklang.operate.recording import Recorder
from genklang.operate.sender import Sender
from genklang.operate.writing import write
from genklang.protocol.expressions import Scope, compile_expression
from genklang.protocol.paperwork import Document, DocumentLine
from genklang.protocol.scopes import event_scope
from genklang.protocol.types import Protocol

log = logging.getLogger(__name__)
DIGITS = 6


def sender_of(adoption: Adoption) -> Sender | None:
    """Who sends the adoption's documents; None while nobody has said."""
    kept = adoption.overlay.get("sender")
    return Sender.model_validate(kept) if kept else None


def settle(adoption_id: int) -> int:
    """Issues whatever is missing in the adoption; nothing before its sender is known. Returns how many were issued."""
    adoption = Adoption.objects.select_related("protocol_version").get(pk=adoption_id)
    documents = adoption_machine(adoption).protocol.documents
    if not documents or adoption.historical or sender_of(adoption) is None:
        return 0
    return sum(_issue(adoption, key) for key in _waiting_enrolments(adoption))


def waiting(adoption: Adoption) -> int:
    """How many events still lack their document."""
    documents = adoption_machine(adoption).protocol.documents
    return sum(len(_missing(adoption, name, document.on)) for name, document in documents.items())


def settle_quietly(adoption: Adoption) -> int:
    """One adoption whose documents cannot be made does not stop the others."""
    try:
        return settle(adoption.pk)
    except (Refused, ArithmeticError, ValueError):
        log.exception("documents of adoption %d were not made", adoption.pk)
        return 0


def settle_all() -> int:
    """For the worker: whatever a process that died has left. Adoptions without documents cost nothing."""
    rows = Adoption.objects.filter(historical=False, overlay__has_key="sender").select_related("protocol_version")
    return sum(settle_quietly(row) for row in rows)


def invoice_of(issued: Issued) -> Invoice:
    """The invoice as it was issued."""
    return from_json(dict(issued.content))


def _waiting_enrolments(adoption: Adoption) -> list[str]:
    documents = adoption_machine(adoption).protocol.documents
    found: dict[str, None] = {}
    for name, document in documents.items():
        found |= dict.fromkeys(enrolment for _key, enrolment in _missing(adoption, name, document.on))
    return list(found)


def _missing(adoption: Adoption, name: str, kind: str) -> list[tuple[str, str]]:
    """Events of the kind that have no document and are not taken back: id, and enrolment's number."""
    done = Issued.objects.filter(adoption=adoption, document=name).values("event")
    rows = Event.objects.filter(adoption=adoption, kind=kind, held=None).exclude(key__in=done)
    void = voided(adoption)
    return [(key, enrolment) for key, enrolment in rows.values_list("key", "enrolment__key") if key not in void]


def voided(adoption: Adoption) -> frozenset[str]:
    """The events that are taken back, unless the taking back was."""
    rows = Event.objects.filter(adoption=adoption, kind="voided", held=None).values_list("key", "data")
    back: dict[str, list[str]] = {}
    for key, data in rows:
        back.setdefault(str(data.get("event", "")), []).append(key)

    def is_void(key: str) -> bool:
        return any(not is_void(one) for one in back.get(key, ()))

    return frozenset(key for key in back if is_void(key))


@transaction.atomic
def _issue(adoption: Adoption, key: str) -> int:
    """Issues what one enrolment lacks, in the order in which it happened."""
    enrolment = ledger.lock(adoption, key)
    if enrolment is None or enrolment.broken_reason:
        return 0
    adoption = Adoption.objects.select_for_update().get(pk=adoption.pk)
    sender = sender_of(adoption)
    if sender is None:
        return 0
    recorder = Recorder(enrolment, now=clock.now(), draw=ledger.draw_arm)
    place = Issued.objects.filter(adoption=adoption).aggregate(last=Max("place"))["last"] or 0
    rows: list[Issued] = []
    for name, document in recorder.machine.protocol.documents.items():
        author = _Author(recorder, name, document, sender)
        for event in _events(enrolment, name, document, void=recorder.state.voids):
            place += 1
            rows.append(author.issue(event, place))
    Issued.objects.bulk_create(rows)
    _record(recorder, rows)
    return len(rows)


def _events(enrolment: Enrolment, name: str, document: Document, *, void: Iterable[str]) -> list[Event]:
    done = Issued.objects.filter(adoption=enrolment.adoption_id, document=name, enrolment=enrolment).values("event")
    rows = Event.objects.filter(enrolment=enrolment, kind=document.on, held=None).exclude(key__in=done)
    return [row for row in rows.order_by("occurred_at", "sequence", "key") if row.key not in set(void)]


class _Author:
    """Writes the documents of one kind for one enrolment; what they have in common is worked out once."""

    def __init__(self, recorder: Recorder, name: str, document: Document, sender: Sender) -> None:
        self.name, self.document, self.sender, self.recorder = name, document, sender, recorder
        protocol, zone = recorder.machine.protocol, recorder.machine.zone
        self.issued = zone.local(recorder.now).date()
        self.due = zone.local(zone.add(recorder.now, document.due)).date() if document.due else self.issued
        self.lines = [_Line(line, event_scope(protocol, document.on)) for line in document.lines.values()]

    def issue(self, event: Event, place: int) -> Issued:
        """The event's document, with its place in the row."""
        enrolment = self.recorder.enrolment
        number = f"{self.sender.series or f'{enrolment.adoption_id}-'}{place:0{DIGITS}}"
        made = self._invoice({**self.recorder.state.facts, **event.data}, number)
        return Issued(
            adoption_id=enrolment.adoption_id,
            enrolment=enrolment,
            document=self.name,
            event=event.key,
            place=place,
            number=number,
            total=made.total,
            content=to_json(made),
            issued_at=self.recorder.now,
        )

    def _invoice(self, values: Mapping[str, Any], number: str) -> Invoice:
        document, sender, said = self.document, self.sender, self._recipient(values)
        language = sender.language
        return Invoice(
            number=number,
            issued=self.issued,
            due=self.due,
            seller=sender.party,
            buyer=Party(
                name=said["name"],
                address=read_address(said["address"]) or sender.printer,
                **{name: said[name] for name in ("street", "postcode", "town")},
            ),
            reference=said["reference"] or said["name"],
            lines=tuple(found for line in self.lines if (found := line.written(values, language))),
            reason=document.reason.in_language(language),
            title=document.in_language(language),
            tax=document.tax,
            bankgiro=sender.bankgiro,
            language=language,
        )

    def _recipient(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {name: str(values.get(field) or "") if field else "" for name, field in self.document.recipient}


class _Line:
    """A declared line, ready to be reckoned for an event."""

    def __init__(self, declared: DocumentLine, scope: Scope) -> None:
        self._declared = declared
        self._quantity, self._price = (compile_expression(text, scope) for text in (declared.quantity, declared.price))
        self._when = compile_expression(declared.when, scope) if declared.when else None

    def written(self, values: Mapping[str, Any], language: str) -> Line | None:
        """The line; None where it does not belong there."""
        if self._when and self._when.python(values) is not True:
            return None
        quantity, price = (_exact(one.python(values)) for one in (self._quantity, self._price))
        return Line(self._declared.in_language(language), quantity, price)


def _exact(number: float | int | None) -> Decimal:
    """The number as it is written; nought where nothing is known."""
    return Decimal(repr(number)) if number is not None else Decimal(0)


def _record(recorder: Recorder, rows: Sequence[Issued]) -> None:
    """The event of each document's making, in the same transaction."""
    protocol, last = recorder.machine.protocol, recorder.state.last
    after = last[1] + 1 if last and last[0] == recorder.now else 0  # at the same instant, it comes after what it is of
    for place, row in enumerate(rows, start=after):
        document = protocol.documents[row.document]
        data = _made_of(protocol, document, row)
        key = f"{row.event}:{row.document}"
        event = IncomingEvent(key, recorder.enrolment.key, document.made, recorder.now, data, sequence=place)
        answer = recorder.take(event, Source(by="system", house=True))
        if answer.problems:
            raise Refused(answer.problems)
    if rows:
        write([recorder.finish()], now=recorder.now)


def _made_of(protocol: Protocol, document: Document, row: Issued) -> dict[str, Any]:
    fields = protocol.events[document.made].fields
    filled: dict[str, Any] = {"number": row.number, "total": float(row.total)}
    refers = {name: row.event for name, field in fields.items() if field.type == "reference"}
    return {name: value for name, value in {**filled, **refers}.items() if name in fields}

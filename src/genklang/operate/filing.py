"""The verbs of files: handing in, mending a row that waits, rejecting it. Every row ends as exactly one thing.

A row becomes an event once, by a key made of what tells rows apart; whatever is wrong waits for a person, who is told
all of it. The same file again changes nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils.translation import gettext as _

from genklang.operate import clock, issuing, ledger, services
from genklang.operate.file_rows import Filed, Reader, other_content
from genklang.operate.filed import FileRow
from genklang.operate.files import Cell, Row, Table
from genklang.operate.incoming import Outcome, RowAnswer, Source
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption, Event, ImportBatch
from genklang.operate.problems import Problem, Refused, unknown_enrolment
from genklang.operate.recording import Recorder
from genklang.people import services as people
from genklang.people.models import Action

Status = FileRow.Status
AT_ONCE = 500


@dataclass(frozen=True)
class HandedIn:
    """What became of a file: how many rows became events, were here already, or wait."""

    batch: ImportBatch
    counts: Mapping[str, int] = field(default_factory=dict)


def reader_of(adoption: Adoption, name: str, *, enrolment: str = "") -> Reader:
    """Reads one of the adoption's files. Raises KeyError where the protocol declares none of that name."""
    machine = adoption_machine(adoption)
    return Reader(name, machine.protocol.files[name], machine, enrolment, clock.now())


def hand_in(reader: Reader, adoption: Adoption, table: Table, *, file: str, source: Source) -> HandedIn:
    """Takes every row in: those that are right at once, the others to wait. Raises Refused when no row can be read."""
    reader.check_columns(table, file=file)
    batch = _take_all(reader, adoption, table, file=file, source=source)
    counts = dict.fromkeys(Status.values, 0)
    for status in FileRow.objects.filter(batch=batch).values_list("status", flat=True):
        counts[status] += 1
    return HandedIn(batch, counts)


@transaction.atomic
def mend(row: FileRow, cells: Mapping[str, str], *, source: Source) -> FileRow:
    """Makes the row say something else, and lets it become an event. Raises Refused, and then it still waits."""
    row = _waiting(row)
    adoption = row.adoption
    reader = reader_of(adoption, row.file, enrolment=row.enrolment)
    filed = reader.read_cells(row.line, {name: text.strip() for name, text in cells.items()})
    if filed.problems:
        raise Refused(filed.problems)
    if _here(adoption, [filed]):
        raise Refused([other_content()])
    (answer,) = services.record(adoption, [filed.event], source=_strict(source))
    if answer.status is Outcome.REFUSED:
        raise Refused(answer.problems)
    row.counted, row.event, row.status, row.cells = filed.amount, filed.event.id, Status.TAKEN, {}
    _settle(row, source, enrolment=filed.event.enrolment)
    return row


@transaction.atomic
def reject(row: FileRow, *, reason: str, source: Source) -> FileRow:
    """Says that nothing is to come of the row, and why. Raises Refused where it no longer waits."""
    row = _waiting(row)
    row.status, row.reason = Status.REJECTED, reason[:300]
    _settle(row, source, enrolment=row.enrolment)
    return row


def problems_of(row: FileRow) -> Sequence[Problem]:
    """All that is wrong with a row that waits, in the reader's language, as things stand now."""
    reader = reader_of(row.adoption, row.file, enrolment=row.enrolment)
    filed = reader.read_cells(row.line, row.cells)
    if filed.problems:
        return filed.problems
    if _here(row.adoption, [filed]):
        return [other_content()]
    return _would_be(row, filed)


def _would_be(row: FileRow, filed: Filed) -> Sequence[Problem]:
    """What recording it would say; nothing is written."""
    enrolment = ledger.find(row.adoption, filed.event.enrolment)
    if enrolment is None:
        return [unknown_enrolment(filed.event.enrolment)]
    recorder = Recorder(enrolment, now=clock.now(), draw=lambda *_: None)
    return recorder.take(filed.event, Source(by="", waits=False)).problems


@transaction.atomic
def _take_all(reader: Reader, adoption: Adoption, table: Table, *, file: str, source: Source) -> ImportBatch:
    sha = hashlib.sha256(
        json.dumps([[row.line, sorted(row.cells.items())] for row in table.rows], default=str).encode()
    )
    batch = ImportBatch.objects.create(
        adoption=adoption,
        user=source.user,
        file_name=file[:200],
        sha256=sha.hexdigest(),
        rows=len(table.rows),
        enrolments=0,
        duplicates=0,
        at=clock.moment(clock.now()),
    )
    if reader.enrolment:
        ledger.lock(adoption, reader.enrolment)  # the same file handed in twice at once: the second sees the first
    filed = reader.read(table.rows)
    rows: list[FileRow] = []
    for start in range(0, len(filed), AT_ONCE):
        rows += _take(reader, batch, filed, start, source)
        issuing.settle_quietly(adoption)  # part by part: what is open is looked through for each that comes
    batch.duplicates = sum(row.status == Status.KNOWN for row in rows)
    batch.enrolments = len({row.enrolment for row in rows if row.status == Status.TAKEN})
    batch.save(update_fields=["duplicates", "enrolments"])
    people.record_access(
        organisation=adoption.organisation, actor=source.user, action=Action.IMPORT, purpose=file[:200]
    )
    return batch


def _take(reader: Reader, batch: ImportBatch, filed: Sequence[Filed], start: int, source: Source) -> list[FileRow]:
    """Some of the rows: known ones told apart, right ones recorded, the others put to wait."""
    adoption, some = batch.adoption, filed[start : start + AT_ONCE]
    before = {one.fingerprint for one in filed[:start]}
    earlier = {one.event.id: one.line for one in reversed(filed[:start])}
    known = before | _seen(adoption, reader.name, some)
    here, statuses, events, now = _here(adoption, some), {}, {}, clock.now()
    for one in some:
        key = one.event.id
        if one.fingerprint in known:
            statuses[one.line] = Status.KNOWN
        elif one.problems or not key or key in here or key in earlier:
            statuses[one.line] = Status.WAITING
        else:
            events[one.line] = replace(one.event, occurred_at=now)  # after the documents of the part before
        known.add(one.fingerprint)
        earlier.setdefault(key, one.line)
    strict = replace(_strict(source), batch=batch)
    answers = dict(zip(events, services.record(adoption, list(events.values()), source=strict), strict=True))
    rows = [_row(reader, batch, one, statuses.get(one.line), answers.get(one.line), source) for one in some]
    return FileRow.objects.bulk_create(rows)


def _row(
    reader: Reader, batch: ImportBatch, one: Filed, status: str | None, answer: RowAnswer | None, source: Source
) -> FileRow:
    if answer is not None:
        status = Status.WAITING if answer.status is Outcome.REFUSED else Status.TAKEN
    assert status is not None  # a row is recorded, or has its place already
    taken = status == Status.TAKEN
    return FileRow(
        adoption=batch.adoption,
        batch=batch,
        file=reader.name,
        line=one.line,
        enrolment=one.event.enrolment[:80],
        status=status,
        fingerprint=one.fingerprint,
        event=one.event.id if taken else "",
        cells={} if status != Status.WAITING else dict(one.cells),
        amount=one.amount,
        counted=one.amount if taken else None,
        user=source.user,
        settled_at=None if status == Status.WAITING else clock.now(),
    )


def _seen(adoption: Adoption, file: str, some: Sequence[Filed]) -> set[str]:
    """Which of these rows have been handed in before, however it ended."""
    rows = FileRow.objects.filter(adoption=adoption, file=file, fingerprint__in={one.fingerprint for one in some})
    return set(rows.values_list("fingerprint", flat=True))


def _here(adoption: Adoption, some: Sequence[Filed]) -> set[str]:
    """The keys of these rows that are events already."""
    keys = {one.event.id for one in some if one.event.id}
    return set(Event.objects.filter(adoption=adoption, key__in=keys).values_list("key", flat=True))


def _waiting(row: FileRow) -> FileRow:
    """The row, held for this transaction; raises Refused where somebody was there first."""
    found = FileRow.objects.select_for_update().get(pk=row.pk)
    if found.status != Status.WAITING:
        raise Refused([Problem("row", _("waits no more: somebody has dealt with it"), _("Go back to the list."))])
    return found


def _settle(row: FileRow, source: Source, *, enrolment: str) -> None:
    row.enrolment, row.user, row.settled_at = enrolment, source.user, clock.now()
    row.save()


def _strict(source: Source) -> Source:
    """What the stage forbids waits in the queue of rows, not in the log."""
    return replace(source, waits=False)


def unread(rows: Sequence[object]) -> list[Row]:
    """Rows that came as JSON objects, numbered from 1; numbers and yes or no as text."""
    return [Row(place, _cells(row)) for place, row in enumerate(rows, start=1)]


def _cells(row: object) -> dict[str, Cell]:
    values = row if isinstance(row, dict) else {}
    return {str(name).strip().lower(): _plain(value) for name, value in values.items() if value not in (None, "")}


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

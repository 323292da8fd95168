"""Whether all that came in has come out: the rows of a file and their sums, against events and documents."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from genklang.operate import issuing
from genklang.operate.filed import FileRow, Issued
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption, Event

Status = FileRow.Status


@dataclass(frozen=True)
class Part:
    """So many rows, and what their totals come to."""

    rows: int = 0
    amount: Decimal = Decimal("0.00")


@dataclass(frozen=True)
class Reckoning:
    """A file's rows from when they came in. `documents` are those issued for its events; `unissued` still wait for one.

    Money: what came in, and what was changed in mending, is what has come out or waits, is here already or rejected.
    """

    handed_in: Part
    known: Part
    waiting: Part
    rejected: Part
    taken: Part
    documents: Part
    cancelled: Part
    unissued: Part
    mended: Decimal
    unreadable: int
    has_documents: bool

    @property
    def missing(self) -> Part:
        """What neither came out nor waits: nothing, if all is well."""
        out = (self.documents, self.cancelled, self.unissued) if self.has_documents else (self.taken,)
        accounted = [self.known, self.waiting, self.rejected, *out]
        rows = self.handed_in.rows - sum(one.rows for one in accounted)
        mended = self.mended if self.has_documents else Decimal(0)
        return Part(rows, self.handed_in.amount + mended - sum((one.amount for one in accounted), Decimal(0)))

    @property
    def agrees(self) -> bool:
        """Whether every row and every öre is accounted for."""
        return self.missing == Part()


def reckon(adoption: Adoption, file: str) -> Reckoning:
    """The reckoning of one of the adoption's files."""
    rows = FileRow.objects.filter(adoption=adoption, file=file)
    by_status = {status: _sum(rows.filter(status=status), "amount") for status in Status.values}
    protocol = adoption_machine(adoption).protocol
    names = [name for name, one in protocol.documents.items() if one.on == protocol.files[file].rows]
    taken = rows.filter(status=Status.TAKEN)
    issued = Issued.objects.filter(adoption=adoption, document__in=names, event__in=taken.values("event"))
    void = _void(adoption, taken)
    counted = _sum(taken, "counted")
    done = issued.values("event")
    return Reckoning(
        handed_in=_sum(rows, "amount"),
        known=by_status[Status.KNOWN],
        waiting=by_status[Status.WAITING],
        rejected=by_status[Status.REJECTED],
        taken=by_status[Status.TAKEN],
        documents=_sum(issued.exclude(event__in=void), "total"),
        cancelled=_sum(taken.filter(event__in=void), "counted"),
        unissued=_sum(taken.exclude(event__in=done).exclude(event__in=void), "counted"),
        mended=counted.amount - by_status[Status.TAKEN].amount,
        unreadable=rows.exclude(status=Status.KNOWN).filter(amount=None).count() if protocol.files[file].total else 0,
        has_documents=bool(names),
    )


def _void(adoption: Adoption, taken: QuerySet[FileRow]) -> list[str]:
    """Those of the file's events that are taken back."""
    void = issuing.voided(adoption)
    return list(taken.filter(event__in=void).values_list("event", flat=True)) if void else []


def _sum(rows: "QuerySet[FileRow] | QuerySet[Issued]", field: str) -> Part:
    found = rows.order_by().aggregate(n=Count("pk"), amount=Sum(field))
    return Part(found["n"], Decimal(found["amount"] or 0).quantize(Decimal("0.01")))


def others(adoption: Adoption, file: str) -> int:
    """Events of the file's kind that came another way: reported by a person, or by a device."""
    kind = adoption_machine(adoption).protocol.files[file].rows
    filed = FileRow.objects.filter(adoption=adoption, file=file, status=Status.TAKEN).values("event")
    return Event.objects.filter(adoption=adoption, kind=kind).exclude(key__in=filed).count()

"""What the pages of files show: the reckoning, what waits and why, and the documents."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genklang.documents.printing import amount
from genklang.documents.rules import broken
from genklang.documents.ubl import tree_of
from genklang.operate import access, filing, issuing
from genklang.operate.filed import FileRow, Issued
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption, Enrolment, ImportBatch
from genklang.operate.pages.reckoning import Part, Reckoning, reckon
from genklang.operate.pages.words import language, say
from genklang.operate.problems import Problem
from genklang.people.models import User
from genklang.protocol.types import EventField
from genklang.statements import prepared

MOST_WAITING, DOCUMENTS_PER_PAGE, MOST_BATCHES = 50, 50, 20


@dataclass(frozen=True)
class WaitingRow:
    """A row that somebody is to mend or reject, with all that is wrong with it."""

    row: FileRow
    problems: Sequence[str]


@dataclass(frozen=True)
class FilePage:
    """One declared file."""

    name: str
    label: str
    columns: list[tuple[str, str]]
    reckoning: Reckoning
    lines: list[tuple[str, str, str]]
    waiting: list[WaitingRow]
    waiting_in_all: int
    batches: list[ImportBatch]
    role: str

    @property
    def came_in(self) -> str:
        """What the rows' totals came to."""
        return kronor(self.reckoning.handed_in.amount)

    @property
    def left_over(self) -> str:
        """What is not accounted for."""
        return kronor(self.reckoning.missing.amount)


@dataclass(frozen=True)
class DocumentLine:
    """A document in the list. `broken` says why it is no electronic invoice."""

    issued: Issued
    recipient: str
    total: str
    cancelled: bool
    broken: list[str]


@dataclass(frozen=True)
class Queue:
    """An adoption with rows that wait for somebody who works there."""

    adoption: Adoption
    text: str


def has_paperwork(adoption: Adoption) -> bool:
    """Whether the practice works on files or makes documents."""
    protocol = adoption_machine(adoption).protocol
    return bool(protocol.files or protocol.documents)


def role_with_files(user: User, adoption: Adoption, name: str) -> str:
    """The role in which the user may hand in the file and deal with its rows; empty for none."""
    protocol = adoption_machine(adoption).protocol
    mine = access.roles_in(user, adoption)
    return next((role for role in protocol.events[protocol.files[name].rows].by if role in mine), "")


def file_pages(adoption: Adoption, user: User) -> list[FilePage]:
    """Each of the adoption's files."""
    return [_file_page(adoption, user, name) for name in adoption_machine(adoption).protocol.files]


def documents(adoption: Adoption, *, page: str | None) -> Page[Issued]:
    """The documents, latest first."""
    return Paginator(Issued.objects.filter(adoption=adoption), DOCUMENTS_PER_PAGE).get_page(page)


def in_lines(rows: Page[Issued]) -> list[DocumentLine]:
    """One page of documents, in words."""
    void = issuing.voided(rows[0].adoption) if len(rows) else frozenset[str]()
    return [_document_line(row, void=row.event in void) for row in rows]


def open_enrolments(adoption: Adoption) -> list[tuple[str, str]]:
    """What a file's rows may belong to, by number."""
    rows = Enrolment.objects.filter(adoption=adoption, ended_at__isnull=True).select_related("person")
    return [(row.key, f"{row.called} ({row.key})") for row in rows[:200]]


def queues(user: User) -> list[Queue]:
    """The adoptions where rows wait for this user."""
    counts = Counter((adoption, file) for adoption, file, _row in _waiting_for(user.pk))
    if not counts:
        return []
    adoptions = Adoption.objects.for_user(user).with_version().in_bulk([adoption for adoption, _file in counts])
    found = []
    for (key, name), n in counts.items():
        adoption = adoptions.get(key)
        if adoption and role_with_files(user, adoption, name):
            found.append(Queue(adoption, ngettext("%(n)s row waits", "%(n)s rows wait", n) % {"n": n}))
    return found


@prepared
def _waiting_for(user: int) -> QuerySet[FileRow, tuple[int, str, int]]:
    waiting = FileRow.objects.filter(status=FileRow.Status.WAITING, adoption__assignments__user=user)
    return waiting.order_by().values_list("adoption", "file", "pk").distinct()


def in_words(problems: Sequence[Problem], fields: Mapping[str, EventField]) -> list[str]:
    """Problems of a row as people read them: by the question, not by the field's name."""
    row = _("The row")
    return [
        f"{say(fields[one.where]) if one.where in fields else row}: {one.what}"
        + (f" (“{one.written}”)" if one.written else "")
        + f". {one.instead}"
        for one in problems
    ]


def kronor(number: Decimal) -> str:
    """An amount in the reader's language."""
    return amount(number, language())


def _file_page(adoption: Adoption, user: User, name: str) -> FilePage:
    protocol = adoption_machine(adoption).protocol
    declared, found = protocol.files[name], reckon(adoption, name)
    fields = protocol.events[declared.rows].fields
    headings = {field: heading for heading, field in declared.columns.items()}
    rows = FileRow.objects.filter(adoption=adoption, file=name, status=FileRow.Status.WAITING).select_related(
        "adoption__protocol_version", "batch"
    )
    batches = ImportBatch.objects.filter(file_rows__adoption=adoption, file_rows__file=name).distinct()
    return FilePage(
        name=name,
        label=say(declared),
        columns=[(headings.get(field, field), say(question)) for field, question in fields.items()],
        reckoning=found,
        lines=_lines(found, money=declared.total is not None),
        waiting=[WaitingRow(row, in_words(filing.problems_of(row), fields)) for row in rows[:MOST_WAITING]],
        waiting_in_all=found.waiting.rows,
        batches=list(batches[:MOST_BATCHES]),
        role=role_with_files(user, adoption, name),
    )


def _lines(found: Reckoning, *, money: bool) -> list[tuple[str, str, str]]:
    """The reckoning as lines: what, how many rows, how much. What is nothing is left out, save for the main ones."""
    out = [(_("Became a document"), found.documents), (_("Await a document"), found.unissued)]
    out += [(_("Document cancelled"), found.cancelled)]
    parts: list[tuple[str, Part]] = [
        *(out if found.has_documents else [(_("Became an event"), found.taken)]),
        (_("Waits for somebody"), found.waiting),
        (_("Rejected"), found.rejected),
        (_("Was here already"), found.known),
    ]
    kept = {_("Became a document"), _("Became an event"), _("Waits for somebody"), _("Rejected")}
    lines = [(label, part) for label, part in parts if part.rows or label in kept]
    if found.mended:
        lines.append((_("Changed in mending"), Part(0, -found.mended)))
    return [(label, str(part.rows or "0"), kronor(part.amount) if money else "") for label, part in lines]


def _document_line(row: Issued, *, void: bool) -> DocumentLine:
    invoice = issuing.invoice_of(row)
    wrong = [] if void else [rule.say(language()) for rule in broken(tree_of(invoice))]
    return DocumentLine(row, invoice.buyer.name, amount(row.total, language()), void, wrong)

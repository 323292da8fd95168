"""What a study has found, as a document to send or print: the result page's answers, in the same words."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from genklang.charts.drawing import draw
from genklang.documents.printing import printer
from genklang.operate import clock
from genklang.operate.models import Adoption
from genklang.operate.pages.answers import Answer
from genklang.operate.pages.result import Result, result_of
from genklang.operate.pages.words import language

Table = dict[str, Any]


def report_of(adoption: Adoption) -> bytes | None:
    """The report as tagged PDF; None for a practice without a study."""
    result = result_of(adoption)
    return printer("report").pdf(_said(adoption, result)) if result else None


def _said(adoption: Adoption, result: Result) -> dict[str, Any]:
    today = date_format(timezone.localdate(clock.moment(clock.now())), "DATE_FORMAT")
    version = adoption.protocol_version
    answers = [*result.compared, *result.beside, *result.others]
    return {
        "title": adoption.name,
        "kicker": f"{adoption.organisation.name} · {version.practice.title}",
        "question": result.question,
        "language": language(),
        "mark": _("Simulated: the people and the figures are invented.") if adoption.simulated else "",
        "footer": f"{adoption.name} · {today}",
        "answers": [_answer(each, result if each is result.primary else None) for each in answers],
        "words": {"rests": _("What it rests on")},
        "rests": [
            [_("How it was studied"), result.design],
            [_("Method"), result.primary.method or "–"],
            [_("The practice's version"), version.version],
            [_("When the plan was locked"), result.locked],
            [_("Its digest, which locks the plan"), result.lock_digest],
            [_("Made"), today],
        ],
    }


def _answer(answer: Answer, result: Result | None) -> dict[str, Any]:
    """One outcome; the primary (with the whole `result`) also tells who came and left, for whom, and the plan."""
    lists = [
        [_("This cannot be answered yet"), [*answer.problems, *([answer.waits] if answer.waits else [])]],
        [_("Bear in mind"), answer.flags],
    ]
    tables: list[Table] = []
    if answer.allowed_for:
        lists.append([_("Several comparisons"), [answer.allowed_for]])
    if result:
        lists.insert(0, [_("Preliminary"), list(result.early)])
        lists.append([_("What must hold"), answer.assumptions])
        tables += _flow(answer) + _subgroups(answer) + _plan(result)
    if answer.numbers:
        head = [_("What"), _("Value (interval)"), "p", _("Method")]
        tables.append(_table(_("All numbers"), head, answer.numbers))
    return {
        "label": answer.label,
        "verdict": answer.verdict,
        "sentences": list(answer.sentences),
        "picture": draw(answer.chart, language=language()).wide if answer.chart else "",
        "alt": f"{answer.chart.title}. {answer.chart.description}" if answer.chart else "",
        "lists": [[name, lines] for name, lines in lists if lines],
        "tables": tables,
    }


def _table(name: str, head: list[str], rows: list[Any]) -> Table:
    return {"name": name, "head": head, "rows": [[str(cell) for cell in row] for row in rows]}


def _flow(answer: Answer) -> list[Table]:
    rows: list[list[str]] = []
    for step in answer.flow:
        rows += [[one["text"], str(one["n"]), "; ".join(one.get("lost", []))] for one in step.get("arms", [step])]
    head = [_("Step"), _("People"), _("On the way")]
    return [_table(_("Who came, stayed and left"), head, rows)] if rows else []


def _subgroups(answer: Answer) -> list[Table]:
    head = [_("Group"), _("People"), _("Difference"), _("In words")]
    return [
        _table(f"{name} ({origin}; p {interaction})", head, levels)
        for name, origin, interaction, levels in answer.subgroups
    ]


def _plan(result: Result) -> list[Table]:
    rows = [[row.item, row.text, done, _("Yes") if kept else _("No")] for row, done, kept in result.plan]
    head = [_("What"), _("Planned"), _("What was done"), _("Kept")]
    return [_table(_("Planned and done"), head, rows)] if rows else []

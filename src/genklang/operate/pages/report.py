"""What a study has found, as a document to send or print: the result page's answers, in the same words."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from genklang.charts.drawing import draw
from genklang.documents.printing import printer
from genklang.operate import clock
from genklang.operate.models import Adoption
from genklang.operate.pages.result import Answer, Result, result_of
from genklang.operate.pages.words import language

Table = dict[str, Any]


def report_of(adoption: Adoption) -> bytes | None:
    """The report as tagged PDF; None for a practice without a study."""
    result = result_of(adoption)
    return printer("report").pdf(_said(adoption, result)) if result else None


def _said(adoption: Adoption, result: Result) -> dict[str, Any]:
    today = date_format(timezone.localdate(clock.moment(clock.now())), "DATE_FORMAT")
    version = adoption.protocol_version
    answers = [result.primary, *([result.survival] if result.survival else []), *result.others]
    return {
        "title": adoption.name,
        "kicker": f"{adoption.organisation.name} · {version.practice.title}",
        "question": result.question,
        "language": language(),
        "mark": _("Simulated: the people and the figures are invented.") if adoption.simulated else "",
        "footer": f"{adoption.name} · {today}",
        "answers": [_answer(each, first=each is result.primary) for each in answers],
        "words": {"rests": _("What it rests on")},
        "rests": [
            [_("How it was studied"), result.design],
            [_("Method"), result.primary.method or "–"],
            [_("The practice's version"), version.version],
            [_("Its digest, which locks the plan"), version.digest],
            [_("Made"), today],
        ],
    }


def _answer(answer: Answer, *, first: bool) -> dict[str, Any]:
    """One outcome; the first also tells who came and left, for whom, and all its numbers."""
    lists = [[_("This cannot be answered yet"), list(answer.problems)], [_("Bear in mind"), answer.flags]]
    tables: list[Table] = []
    if first:
        lists.append([_("What must hold"), answer.assumptions])
        tables += _flow(answer) + _subgroups(answer) + _plan(answer)
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
    rows = []
    for step in answer.flow:
        if "arms" in step:
            rows += [[arm["text"], str(arm["n"]), "; ".join(arm["lost"])] for arm in step["arms"]]
        else:
            rows.append([step["text"], str(step["n"]), ""])
    head = [_("Step"), _("People"), _("On the way")]
    return [_table(_("Who came, stayed and left"), head, rows)] if rows else []


def _subgroups(answer: Answer) -> list[Table]:
    head = [_("Group"), _("People"), _("Difference"), _("In words")]
    return [
        _table(f"{name} ({origin}; p = {interaction})", head, levels)
        for name, origin, interaction, levels in answer.subgroups
    ]


def _plan(answer: Answer) -> list[Table]:
    rows = [[item, planned, done, _("Yes") if kept else _("No")] for item, planned, done, kept in answer.plan]
    head = [_("What"), _("Planned"), _("What was done"), _("Kept")]
    return [_table(_("Planned and done"), head, rows)] if rows else []

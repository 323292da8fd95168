"""The front door: a table, a design and the names of its columns in; a finding out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack, cast

from genklang.evaluate import untreated
from genklang.evaluate.allocation import arms_to_compare
from genklang.evaluate.columns import as_columns
from genklang.evaluate.designs import BUILDERS, OTHER_NAMES
from genklang.evaluate.designs.guide import EVERYTHING, EVERYWHERE, GUIDES
from genklang.evaluate.findings import BY_PERSON, Finding, Flag
from genklang.evaluate.flags import said
from genklang.evaluate.multiplicity import Several
from genklang.evaluate.options import Options
from genklang.evaluate.plan import Plan
from genklang.evaluate.priced import priced
from genklang.evaluate.problems import EvaluationError, Problem, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.texts import Text

_DISTINCT, _MOST_COMPARED = 10, 200_000
_LABELS = ("practice", "label", "unit")
_LISTS = ("strata", "covariates", "subgroups")


def evaluate_table(table: Any, *, design: str, **options: Unpack[Options]) -> Finding:
    """Evaluate a table (a mapping of columns, a sequence of rows, or a data frame) by a design.

    `designs.guide` says what each design is for and which of `Options` it takes; others are flagged as not used.
    Cells may be numbers or text; the outcome's kind is inferred (0/1, yes/no: share; whole numbers: count; else mean).
    Deterministic for a given seed. Raises EvaluationError with all the problems found.
    """
    name = _name_of(design)
    if name not in BUILDERS:
        raise refuse(
            Text(sv='"{design}" är ingen design.', en='"{design}" is no design.').fill(design=design),
            Text(sv="Välj bland: {names}.", en="Choose among: {names}.").fill(names=", ".join(BUILDERS)),
        )
    request = Request(columns=as_columns(table, _named_in(options)), design=name, **_settled(options))
    request.check()
    return _told(_built(request), request, options)


def _built(request: Request) -> Finding:
    """The design's finding; of the rows that say which arm, where the others are to be left out."""
    build, treatment = BUILDERS[request.design], request.treatment
    takes_it = "missing_treatment" in GUIDES[request.design].options
    if request.missing_treatment != "leave_out" or treatment is None or not takes_it:
        return build(request)
    rows = untreated.rows_with_an_arm(request.columns, treatment)
    if not rows:
        return build(request)
    try:
        finding = build(replace(request, columns=untreated.only(request.columns, rows)))
    except EvaluationError as refused:
        raise EvaluationError(untreated.where_they_were(refused.problems, rows)) from None
    return untreated.told(finding, request.size - len(rows))


def evaluate_arms(table: Any, *, design: str, **options: Unpack[Options]) -> Several:
    """Every arm against the control, each by the design, and their p-values adjusted for being several (Holm).

    One finding where `treated` names the arm, or where there are two. Raises EvaluationError as `evaluate_table` does,
    and where there are more and none is plainly the control.
    """
    return Several.of(_each_arm(table, design, options))


def _each_arm(table: Any, design: str, options: Options) -> list[Finding]:
    column, control = options.get("treatment"), options.get("control")
    cells = as_columns(table, {column}).get(column, ()) if column and options.get("treated") is None else ()
    arms = arms_to_compare(cells, None if control is None else str(control)) if _is_by_lot(design) else None
    if arms is None:
        return [evaluate_table(table, design=design, **options)]
    each: list[Options] = [{**options, "control": arms[0], "treated": treated} for treated in arms[1]]
    return [evaluate_table(table, design=design, **one) for one in each]


def _is_by_lot(design: str) -> bool:
    guide = GUIDES.get(_name_of(design))
    return guide is not None and "treated" in guide.options and "control" in guide.options


def _name_of(design: str) -> str:
    written = design.replace("-", "_")
    return OTHER_NAMES.get(written, written)


def evaluate_outcomes(table: Any, *, design: str, outcomes: Sequence[str], **options: Unpack[Options]) -> Several:
    """One study's several outcomes, each by the design, and their p-values adjusted for being several (Holm).

    Where there are more arms than two, and none is named as `treated`, each is compared with the control.

    `before`, where the design has one, is a list beside `outcomes`. Raises EvaluationError with all the problems of all
    outcomes.
    """
    before = options.pop("before", None)
    befores = [before] * len(outcomes) if before is None or isinstance(before, str) else list(before)
    if len(befores) != len(outcomes) or not outcomes:
        raise refuse(
            Text(sv="utfall och mätningar före är olika många.", en="outcomes and befores differ in number."),
            Text(sv="Namnge en före för varje utfall.", en="Name one before for each outcome."),
        )
    problems: list[Problem] = []
    findings: list[Finding] = []
    for outcome, first in zip(outcomes, befores, strict=True):
        try:
            options |= {"outcome": outcome, "before": first}
            findings += _each_arm(table, design, options)
        except EvaluationError as refused:
            problems += [problem for problem in refused.problems if problem not in problems]
    if problems:
        raise EvaluationError(problems)
    return Several.of(findings)


def _named_in(options: Options) -> set[str]:
    """All words of the options, which may be names of columns."""
    words: set[str] = set()
    for value in options.values():
        if isinstance(value, str):
            words.add(value)
        elif isinstance(value, (list, tuple)):
            words |= {each for each in value if isinstance(each, str)}
    return words


def _told(finding: Finding, request: Request, options: Options) -> Finding:
    """The finding with what it costs per hundred people, and with what was given but is not used by its design."""
    guide = GUIDES[request.design]
    given = {name for name, value in options.items() if value not in (None, (), [])}
    unused = sorted(given & EVERYTHING - guide.options - EVERYWHERE)
    flags = (*finding.flags, *_repeated(request))
    if unused:
        sv, en = "Används inte av designen: {names}.", "Not used by the design: {names}."
        flags = (*flags, said("not_used", sv=sv, en=en, names=", ".join(unused)))
    return replace(finding, estimates=(*finding.estimates, *priced(finding, request)), flags=flags)


def _repeated(request: Request) -> list[Flag]:
    """Whether every row of a table of people stands at least twice: a file pasted onto itself doubles what is known."""
    if request.design not in BY_PERSON or not 2 * _DISTINCT <= request.size <= _MOST_COMPARED:
        return []
    counts = Counter(zip(*(map(str, cells) for cells in request.columns.values()), strict=True))
    if len(counts) < _DISTINCT or min(counts.values()) < 2:
        return []
    sv = "Varje rad står minst två gånger: är tabellen inklistrad dubbelt?"
    en = "Every row stands at least twice: was the table pasted onto itself?"
    return [said("repeated_rows", sv=sv, en=en)]


def _settled(options: Options) -> dict[str, Any]:
    """Options in the types of a request: labels as texts, names as tuples, the plan read, start and arms as text."""
    settled = dict(cast("Mapping[str, Any]", options))
    for name in _LABELS:
        if settled.get(name) is not None:
            settled[name] = Text.of(settled[name])
    for name in _LISTS:
        given = settled.get(name) or ()
        settled[name] = (given,) if isinstance(given, str) else tuple(given)
    for name in ("control", "treated", "start", "success"):
        if settled.get(name) is not None:
            settled[name] = str(settled[name])
    settled["planned"] = Plan.of(settled.get("planned"))
    return settled

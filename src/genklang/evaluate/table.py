"""The front door: a table, a design and the names of its columns in; a finding out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack, cast

from genklang.evaluate.columns import as_columns
from genklang.evaluate.designs import BUILDERS, OTHER_NAMES
from genklang.evaluate.findings import Finding
from genklang.evaluate.options import Options
from genklang.evaluate.plan import Plan
from genklang.evaluate.problems import refuse
from genklang.evaluate.request import Request
from genklang.evaluate.texts import Text

_LABELS = ("practice", "label", "unit")
_LISTS = ("strata", "covariates", "subgroups")


def evaluate_table(table: Any, *, design: str, **options: Unpack[Options]) -> Finding:
    """Evaluate a table (a mapping of columns, a sequence of rows, or a data frame) by a design.

    Designs: "randomised", "survival", "one_group", "before_after", "interrupted_time_series". `Options` lists the rest.
    Cells may be numbers or text; the outcome's kind is inferred (0/1, yes/no: share; whole numbers: count; else mean).
    Deterministic for a given seed. Raises EvaluationError with all the problems found.
    """
    name = OTHER_NAMES.get(design.replace("-", "_"), design.replace("-", "_"))
    if name not in BUILDERS:
        raise refuse(
            Text(sv='"{design}" är ingen design.', en='"{design}" is no design.').fill(design=design),
            Text(sv="Välj bland: {names}.", en="Choose among: {names}.").fill(names=", ".join(BUILDERS)),
        )
    request = Request(columns=as_columns(table), design=name, **_settled(options))
    request.check()
    return BUILDERS[name](request)


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

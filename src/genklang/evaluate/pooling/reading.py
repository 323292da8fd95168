"""A table of results, one row an adopter, as what the pool takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from genklang.evaluate.arrays import Bools, Floats
from genklang.evaluate.columns import LARGEST, SMALLEST, as_columns, is_missing, label_in, named, numbers
from genklang.evaluate.pooling.effects import Pooled, pool
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Better

_POSITIVE = Text(
    sv='Skriv ett tal över noll, till exempel "0,25".', en='Write a number above zero, for example "0.25".'
)


def pool_table(
    table: Any,
    *,
    effect: str,
    variance: str | None = None,
    error: str | None = None,
    name: str | None = None,
    better: Better | None = None,
    relevant: float | None = None,
    unit: str | None = None,
    confidence: float = 0.95,
) -> Pooled:
    """Pool a table's rows: the columns `effect` and `variance` (or `error`, its root), and who gave them.

    A row where both are missing is an adopter without a result: counted, not pooled. Raises EvaluationError with all
    that is wrong, row by row.
    """
    columns = as_columns(table)
    named(columns, [effect, variance, error, name])
    spread = variance if variance is not None else error
    if spread is None:
        raise refuse(
            Text(sv="ingen varians är angiven.", en="no variance is given."),
            Text(sv='Ange variance="…" (--variance …).', en='Name variance="…" (--variance …).'),
        )
    problems = Problems()
    y, v = (numbers(column, columns[column], problems) for column in (effect, spread))
    found = _with_result(y, v, effect, spread, columns, problems)
    problems.check()
    labels = [label_in(cell) for cell in columns[name]] if name else [str(row + 1) for row in range(len(y))]
    return pool(
        y[found],
        v[found] if variance is not None else v[found] ** 2,
        names=[label for label, kept in zip(labels, found, strict=True) if kept],
        without_result=int((~found).sum()),
        better=better,
        relevant=relevant,
        unit=unit,
        confidence=confidence,
    )


def _with_result(y: Floats, v: Floats, effect: str, spread: str, columns: Any, problems: Problems) -> Bools:
    """Rows with a result; a problem for each where one of the two is missing, or the variance is not above zero."""
    empty = Text(sv="cellen är tom, men raden har ett resultat.", en="the cell is empty, but the row has a result.")
    fill = Text(sv="Fyll i båda, eller lämna båda tomma.", en="Fill in both, or leave both empty.")
    blank = {name: np.array([is_missing(cell) for cell in columns[name]], dtype=np.bool_) for name in (effect, spread)}
    for name, other in ((effect, spread), (spread, effect)):
        problems.add_rows([(int(row), empty) for row in np.flatnonzero(blank[name] & ~blank[other])], fill, column=name)
    wrong = Text(sv="{v} är inte över noll.", en="{v} is not above zero.")
    low = np.flatnonzero(~np.isnan(v) & ~((v > SMALLEST) & (v <= LARGEST)))
    problems.add_rows([(int(row), wrong.fill(v=f"{v[row]:g}")) for row in low], _POSITIVE, column=spread)
    return ~np.isnan(y) & ~np.isnan(v)

"""Tables of counts for showing: small cells hidden, and as many others as it takes that the totals do not tell them.

Complementary suppression (Hundepool et al. 2012, ch. 4): cheapest cells first, then an audit. The audit asks, by linear
programming, between which limits an outsider who knows every total can place each hidden cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, Ints
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.release.rules import DEFAULT, Rules
from genklang.evaluate.texts import Text


@dataclass(frozen=True, kw_only=True)
class Suppressed:
    """A table that may be shown; None where a count is hidden. Totals are true."""

    counts: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int, ...]
    column_totals: tuple[int, ...]

    @property
    def hidden(self) -> int:
        return sum(count is None for row in self.counts for count in row)


def suppress(counts: Ints | Sequence[Sequence[int]], rules: Rules = DEFAULT) -> Suppressed:
    """Hides the small cells of `counts` (rows, columns), and others so that each can lie `minimum_cell` wide.

    Raises EvaluationError when a row or a column in total is too small to be shown, or no hiding is enough.
    """
    table = np.asarray(counts, dtype=np.int64)
    _check(table, rules)
    primary = (table > 0) & (table < rules.minimum_cell)
    hidden = primary.copy()
    while (exposed := _exposed(table, hidden, primary, rules)) is not None:
        more = _next(table, hidden, exposed)
        if more is None:
            raise refuse(
                Text(sv="tabellen går inte att skydda.", en="the table cannot be protected."),
                Text(sv="Slå ihop rader eller kolumner.", en="Merge rows or columns."),
            )
        hidden[more] = True
    return Suppressed(
        counts=tuple(
            tuple(None if hide else int(count) for count, hide in zip(row, mask, strict=True))
            for row, mask in zip(table, hidden, strict=True)
        ),
        row_totals=tuple(table.sum(axis=1).tolist()),
        column_totals=tuple(table.sum(axis=0).tolist()),
    )


def _check(table: Ints, rules: Rules) -> None:
    problems = Problems()
    if table.ndim != 2 or table.size == 0 or (table < 0).any():
        raise refuse(
            Text(sv="detta är ingen tabell med antal.", en="this is no table of counts."),
            Text(sv="Skriv hela antal från 0 i rader och kolumner.", en="Write whole numbers of 0 or above, in rows."),
        )
    for axis, word in ((1, Text(sv="rad", en="row")), (0, Text(sv="kolumn", en="column"))):
        for place, total in enumerate(table.sum(axis=axis), start=1):
            if rules.is_small(total):
                wrong = Text(sv="{word} {place} har för få i allt.", en="{word} {place} has too few in all.")
                problems.add(wrong.fill(word=word, place=place), Text(sv="Slå ihop den.", en="Merge it with another."))
    problems.check()


def _exposed(table: Ints, hidden: Bools, primary: Bools, rules: Rules) -> tuple[int, int] | None:
    """The first small cell that an outsider can place within too narrow limits; None when all are safe."""
    for row, column in np.argwhere(primary):
        low, high = _limits(table, hidden, int(row), int(column))
        if high - low < rules.minimum_cell - 1e-6:
            return int(row), int(column)
    return None


def _limits(table: Ints, hidden: Bools, row: int, column: int) -> tuple[float, float]:
    """What an outsider knows: hidden cells are not negative, and add up to what the totals leave."""
    from scipy.optimize import linprog

    places = np.argwhere(hidden)
    sums, left = _equations(table, hidden, places)
    wanted = ((places == (row, column)).all(axis=1)).astype(np.float64)
    low, high = (
        linprog(sign * wanted, A_eq=sums, b_eq=left, bounds=(0, None), method="highs").fun for sign in (1.0, -1.0)
    )
    if low is None or high is None:
        raise AssertionError("the true table is always possible")
    return float(low), -float(high)


def _equations(table: Ints, hidden: Bools, places: Ints) -> tuple[Floats, Floats]:
    """One equation a row and column: which hidden cells are in it, and what they sum to."""
    kept = np.where(hidden, table, 0)
    left = np.concatenate([kept.sum(axis=1), kept.sum(axis=0)]).astype(np.float64)
    rows = places[:, 0] == np.arange(table.shape[0])[:, None]
    columns = places[:, 1] == np.arange(table.shape[1])[:, None]
    return np.vstack([rows, columns]).astype(np.float64), left


def _next(table: Ints, hidden: Bools, exposed: tuple[int, int]) -> tuple[int, int] | None:
    """The cheapest cell to hide: one that closes a row or column with the exposed one, smallest count first."""
    row, column = exposed
    open_cells = [(int(i), int(j)) for i, j in np.argwhere(~hidden)]
    lonely_rows, lonely_columns = hidden.sum(axis=1) == 1, hidden.sum(axis=0) == 1

    def cost(cell: tuple[int, int]) -> tuple[int, int]:
        closes = int(lonely_rows[cell[0]]) + int(lonely_columns[cell[1]])
        near = int(cell[0] == row) + int(cell[1] == column)
        return -2 * closes - near, int(table[cell])

    useful = [cell for cell in open_cells if table[cell] > 0] or open_cells
    return min(useful, key=cost, default=None)

"""Covariates as columns of numbers: numbers as they are, words as dummies, gaps filled and marked.

Filling with the mean and a marker keeps everybody who was randomised in the comparison, and is unbiased because the
covariates were there before the lots were drawn (White & Thompson 2005, Statistics in Medicine 24:993-1007).
"""

from __future__ import annotations

import numpy as np

from genklang.evaluate.arrays import Bools, Floats
from genklang.evaluate.columns import categories, is_missing, number_in, numbers
from genklang.evaluate.problems import Problems
from genklang.evaluate.request import Request

MOST_LEVELS = 12


def covariates(request: Request, problems: Problems) -> tuple[Floats, list[str]]:
    """All covariates (n, k), and the names of those that had gaps."""
    columns: list[Floats] = []
    filled: list[str] = []
    for name in request.covariates:
        cells = request.columns[name]
        if any(is_missing(cell) for cell in cells):
            filled.append(name)
            columns.append(np.array([float(is_missing(cell)) for cell in cells]))
        columns += _columns(name, request, problems)
    return (np.column_stack(columns) if columns else np.empty((request.size, 0))), filled


def _columns(name: str, request: Request, problems: Problems) -> list[Floats]:
    cells = request.columns[name]
    if all(is_missing(cell) or number_in(cell) is None for cell in cells):
        labels = categories(name, cells, problems, may_miss=True, most=MOST_LEVELS)
        levels = sorted({label for label in labels if label is not None})
        return [np.array([float(label == level) for label in labels]) for level in levels[1:]]
    values = numbers(name, cells, problems)
    known: Bools = ~np.isnan(values)
    return [np.where(known, values, values[known].mean() if known.any() else 0.0)]

"""Pooling what several adopters released, without moving people: effects, sums of products, and histograms.

    from genklang.evaluate.pooling import pool
    pooled = pool([-3.1, -1.2, 0.4], [0.8, 0.5, 1.1], names=["Umeå", "Borlänge", "Laholm"])
    pooled.headline.value, pooled.prediction

Nothing in here reads anything about one person.
"""

from __future__ import annotations

from genklang.evaluate.pooling.effects import Pooled, Summary, pool
from genklang.evaluate.pooling.histograms import Histogram, histograms, pooled_randomisation
from genklang.evaluate.pooling.products import Products, Regression, pooled_regression, products

__all__ = [
    "Histogram",
    "Pooled",
    "Products",
    "Regression",
    "Summary",
    "histograms",
    "pool",
    "pooled_randomisation",
    "pooled_regression",
    "products",
]

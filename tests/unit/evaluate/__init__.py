"""Evaluation against oracles in the same process: scipy, statsmodels, lifelines, and figures in print."""

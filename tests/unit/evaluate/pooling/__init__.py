"""Pooling: effects, sums of products, histograms."""

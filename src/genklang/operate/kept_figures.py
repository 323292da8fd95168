"""The figures of adoptions in which very many take part, as they were last made: shown after a start."""

from __future__ import annotations

from django.db import models


class KeptFigures(models.Model):
    """One adoption's figures: aggregates as JSON, by protocol version `digest`, made at `at` (µs) in `took` seconds.

    Derived from the log; safe to delete.
    """

    adoption = models.OneToOneField("operate.Adoption", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.BigIntegerField()
    took = models.FloatField()
    figures = models.TextField()

    def __str__(self) -> str:
        return f"{self.adoption_id} {self.digest}"

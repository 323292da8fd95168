"""What was made of adoptions in which very many take part, as it was last made: shown after a start."""

from __future__ import annotations

from django.db import models


class KeptFigures(models.Model):
    """One thing made of an adoption, `what`: aggregates as JSON, by protocol version `digest`, made at `at` (µs; 0
    before it has been made) in `took` seconds; somebody is making it anew since `asked_at`.

    Derived from the log; safe to delete.
    """

    adoption = models.ForeignKey("operate.Adoption", on_delete=models.CASCADE, related_name="+", db_index=False)
    what = models.CharField(max_length=60)
    digest = models.CharField(max_length=80, default="")
    at = models.BigIntegerField(default=0)
    took = models.FloatField(default=0.0)
    figures = models.TextField(default="")
    asked_at = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adoption", "what"], name="operate_one_kept_figure")]

    def __str__(self) -> str:
        return f"{self.adoption_id} {self.digest}"

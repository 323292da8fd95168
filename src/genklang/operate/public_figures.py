"""Figures of an adoption as anybody may read them: each is a release, and what has been read stays known."""

from __future__ import annotations

from typing import Any

from django.db import models


class PublicFigure(models.Model):
    """One figure on the bank's page from then on; of each the latest stands. Rows are only added.

    `content` holds it in every language. `marks` tell what each who took part put into it, in the order of enrolling:
    see `genklang.evaluate.release.standing`.
    """

    class Kind(models.TextChoices):
        """What it tells: how many take part, an indicator, or what the study's answer means."""

        PEOPLE = "people"
        INDICATOR = "indicator"
        ANSWER = "answer"

    adoption = models.ForeignKey("operate.Adoption", on_delete=models.PROTECT, related_name="public_figures")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=130, blank=True)
    protocol_digest = models.CharField(max_length=80)
    at = models.DateTimeField()
    content = models.JSONField()
    marks = models.BinaryField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["adoption", "kind", "name"], name="operate_public_figures")]

    def __str__(self) -> str:
        return f"{self.adoption_id} {self.kind} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; raises TypeError when it exists."""
        if self.pk is not None:
            raise TypeError("A public figure cannot be changed: what has been read stays known. Show a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuses."""
        raise TypeError("A public figure cannot be deleted: the next one is guarded against it.")

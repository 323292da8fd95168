"""Who runs a practice, and what they have given back: facts of the bank, never about one person."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Adopter(models.Model):
    """One adoption as the bank knows it: where, since when, and whether it has stopped."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey("bank.Practice", on_delete=models.PROTECT, related_name="adopters")
    place = models.CharField(_("place"), max_length=120)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    simulated = models.BooleanField(_("simulated"), default=False)

    class Meta:
        ordering = ["since", "pk"]

    def __str__(self) -> str:
        return self.place


class Release(models.Model):
    """A result that an adopter gave back. What has left stays known: rows are only added, and the latest counts."""

    adopter = models.ForeignKey(Adopter, on_delete=models.PROTECT, related_name="releases")
    protocol_digest = models.CharField(max_length=80)
    outcome = models.CharField(max_length=130)
    at = models.DateTimeField()
    content = models.JSONField()
    entry = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["adopter", "digest"], name="bank_release_once")]

    def __str__(self) -> str:
        return f"{self.adopter_id} {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; raises TypeError when it exists."""
        if self.pk is not None:
            raise TypeError("A release cannot be changed: give a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuses."""
        raise TypeError(
            "A release cannot be taken back: what has left stays known. Withdraw it, and it counts no more."
        )

    @property
    def withdrawn(self) -> "Withdrawal | None":
        """Its withdrawal, where it counts no more."""
        return getattr(self, "withdrawal", None)


class Withdrawal(models.Model):
    """A release that counts no more, since its figures were found to be wrong. It stays in the ledger."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField()
    why = models.CharField(_("why"), max_length=200)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.release_id} {self.at.isoformat()}"

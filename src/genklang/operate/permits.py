"""Who, beside the lead, may take a study's data: a researcher by name, for a purpose, until a day.

Data that leaves the organisation is disclosed by its lead, who has weighed secrecy first; the permit is its record.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from genklang.people.models import User


class Permit(models.Model):
    """One researcher's permission to take the data of one adoption's study. Ended, it opens nothing."""

    adoption = models.ForeignKey("operate.Adoption", on_delete=models.PROTECT, related_name="permits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="permits")
    purpose = models.CharField(_("purpose"), max_length=200)
    until = models.DateField(_("until"))
    given_at = models.DateTimeField(_("given"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        ordering = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.adoption_id}"

    @property
    def holds(self) -> bool:
        """Whether it opens anything today."""
        return self.ended_at is None and self.until >= timezone.localdate()


def holding(user: User, *, on: date) -> models.QuerySet[Permit]:
    """The user's permits that hold on that day; none for an account that is closed."""
    if not user.is_active:
        return Permit.objects.none()
    return Permit.objects.filter(Q(ended_at=None), user=user, until__gte=on).select_related("adoption__organisation")

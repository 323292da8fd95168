"""What is remembered of an upgrade: versions, own values, who moved, who did it, and whether it was taken back.

Written only by `upgrading`.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Upgrade(models.Model):
    """One upgrade of an adoption from a version of its protocol to another, done whole."""

    adoption = models.ForeignKey("operate.Adoption", on_delete=models.PROTECT, related_name="upgrades")
    old = models.ForeignKey("bank.ProtocolVersion", on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey("bank.ProtocolVersion", on_delete=models.PROTECT, related_name="+")
    overlay_before = models.JSONField(default=dict)
    overlay_after = models.JSONField(default=dict)
    moved = models.ManyToManyField("operate.Enrolment", related_name="+")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reverted_at = models.DateTimeField(null=True)
    reverted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.adoption_id} {self.old_id} {self.new_id}"

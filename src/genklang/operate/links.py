"""Private links to people without an account: whose, to what, until when. Only the hash of a secret is kept."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Link(models.Model):
    """What an event's `invites` gives: one link, made with the event. It has no address until somebody asks for it.

    Asking again gives another address, and the earlier one stops working. Instants are µs since the epoch.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    adoption = models.ForeignKey("operate.Adoption", on_delete=models.CASCADE, related_name="links")
    enrolment = models.ForeignKey("operate.Enrolment", on_delete=models.CASCADE, related_name="links")
    event = models.CharField(max_length=200)
    role = models.CharField(_("role"), max_length=60)
    named = models.CharField(_("for whom"), max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, unique=True, null=True, editable=False)
    made_at = models.BigIntegerField()
    expires_at = models.BigIntegerField()
    opened_at = models.BigIntegerField(null=True)
    called_back_at = models.BigIntegerField(null=True)
    called_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["adoption", "event"], name="operate_one_link_per_event")]

    def __str__(self) -> str:
        return str(self.public_id)

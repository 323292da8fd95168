"""What is kept: a row for each thing that was handed in; its bytes lie on disk, by content. Only `services` writes."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from genklang.people.models import Organisation


class Media(models.Model):
    """A film, picture, sound, document or subtitles of one organisation. Withdrawn, it keeps its row and no bytes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="media")
    sha256 = models.CharField(max_length=64, editable=False)
    kind = models.CharField(max_length=9)
    content_type = models.CharField(max_length=40)
    ending = models.CharField(max_length=4)
    size = models.PositiveBigIntegerField()
    name = models.CharField(_("name"), max_length=120, blank=True)
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "media"
        indexes = [models.Index(fields=["organisation", "sha256"], name="voices_media_by_content")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

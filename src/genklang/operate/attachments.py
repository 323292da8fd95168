"""Which event a film, picture, sound, document or subtitles came with: it may be read by whoever may read the event."""

from django.db import models

from genklang.voices.models import Media


class Attachment(models.Model):
    """One file of one event. `language` is that of subtitles, as the event's choice says."""

    media = models.OneToOneField(Media, on_delete=models.PROTECT, related_name="attachment")
    enrolment = models.ForeignKey("operate.Enrolment", on_delete=models.PROTECT, related_name="attachments")
    event = models.CharField(max_length=200)
    field = models.CharField(max_length=60)
    language = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "event", "field"], name="operate_one_file_per_field")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.field}"

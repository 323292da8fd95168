"""What is remembered of files and documents: each row that was handed in, and each document that was issued.

Written only by `filing` and `issuing`.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FileRow(models.Model):
    """One row of a file. What it says is kept until it has become an event, whose log then holds it.

    `amount` is the declared total as the row had it, `counted` as it stands in the event: they differ where a person
    has mended it. `fingerprint` tells the row again in another file, however it ended.
    """

    class Status(models.TextChoices):
        """What has become of it."""

        TAKEN = "taken", _("became an event")
        KNOWN = "known", _("was here already")
        WAITING = "waiting", _("waits")
        REJECTED = "rejected", _("rejected")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    adoption = models.ForeignKey("operate.Adoption", on_delete=models.PROTECT, related_name="file_rows")
    batch = models.ForeignKey("operate.ImportBatch", on_delete=models.PROTECT, related_name="file_rows")
    file = models.CharField(max_length=60)
    line = models.PositiveIntegerField()
    enrolment = models.CharField(max_length=80)
    status = models.CharField(max_length=8, choices=Status.choices)
    fingerprint = models.CharField(max_length=64)
    event = models.CharField(max_length=200, blank=True)
    cells = models.JSONField(default=dict)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    counted = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    reason = models.CharField(max_length=300, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["batch", "line"]
        indexes = [
            models.Index(fields=["adoption", "file", "status"], name="operate_rows_by_status"),
            models.Index(fields=["adoption", "file", "fingerprint"], name="operate_rows_again"),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.line} {self.status}"


class Issued(models.Model):
    """A document, as it was when it was numbered. `place` is its number in the adoption's unbroken row."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    adoption = models.ForeignKey("operate.Adoption", on_delete=models.PROTECT, related_name="documents")
    enrolment = models.ForeignKey("operate.Enrolment", on_delete=models.PROTECT, related_name="documents")
    document = models.CharField(max_length=60)
    event = models.CharField(max_length=200)
    place = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    content = models.JSONField()
    issued_at = models.BigIntegerField()

    class Meta:
        ordering = ["-place"]
        constraints = [
            models.UniqueConstraint(fields=["adoption", "place"], name="operate_one_document_per_number"),
            models.UniqueConstraint(fields=["adoption", "document", "event"], name="operate_one_document_per_event"),
        ]

    def __str__(self) -> str:
        return self.number

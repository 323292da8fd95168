"""What an adoption keeps: its log, its state and what both have led to. Only `services` and `worker` write here.

Instants that the engine handles are BIGINT microseconds since the epoch (`clock.moment` makes a datetime of one);
times of administration are ordinary datetimes.
"""

import secrets
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from genklang.operate.apply_addresses import ApplyAddress as ApplyAddress
from genklang.operate.attachments import Attachment as Attachment
from genklang.operate.boards import BoardAddress as BoardAddress
from genklang.operate.deadlines import Deadline as Deadline
from genklang.operate.filed import FileRow as FileRow
from genklang.operate.filed import Issued as Issued
from genklang.operate.kept_figures import KeptFigures as KeptFigures
from genklang.operate.links import Link as Link
from genklang.operate.managers import AdoptionManager, EnrolmentManager, EventManager
from genklang.operate.members import EnrolmentMember as EnrolmentMember
from genklang.operate.permits import Permit as Permit
from genklang.operate.public_figures import PublicFigure as PublicFigure
from genklang.operate.sent_forms import SentForm as SentForm
from genklang.operate.shared_states import SharedState as SharedState
from genklang.operate.transfers import Transfer as Transfer
from genklang.operate.upgrades import Upgrade as Upgrade
from genklang.operate.validation import check_overlay
from genklang.people.models import Organisation, Person, check_zone_name

# Whoever belongs to an enrolment belongs to its adoption: the database checks the one, and need not look up the other.
OF_THE_ENROLMENT: dict[str, Any] = {"db_index": False, "db_constraint": False}


def new_seed() -> str:
    """A secret that allocation is drawn with: never shown, never logged."""
    return secrets.token_hex(32)


class Status(models.TextChoices):
    """How an adoption stands."""

    PLANNED = "planned", _("planned")
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")


class Adoption(models.Model):
    """An organisation running one pinned protocol version, with its own prices, names and channels."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="adoptions")
    protocol_version = models.ForeignKey("bank.ProtocolVersion", on_delete=models.PROTECT, related_name="adoptions")
    name = models.CharField(_("name"), max_length=120)
    zone = models.CharField(_("time zone"), max_length=64, validators=[check_zone_name])
    overlay = models.JSONField(_("own values"), default=dict, blank=True, validators=[check_overlay])
    seed = models.CharField(max_length=64, default=new_seed, editable=False)
    allocation_state = models.JSONField(default=dict, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.RUNNING)
    historical = models.BooleanField(_("imported past"), default=False)
    simulated = models.BooleanField(_("simulated"), default=False)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = AdoptionManager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_watched(self) -> bool:
        """Whether time passes by itself here: not in an imported past, nor while paused or ended."""
        return self.status == Status.RUNNING and not self.historical

    @property
    def may_reach_out(self) -> bool:
        """Whether anything may leave the house: never for simulated people or an imported past."""
        return not (self.historical or self.simulated)


class Assignment(models.Model):
    """A user working in an adoption, in one of the protocol's roles."""

    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(_("role"), max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adoption", "user", "role"], name="operate_one_assignment_per_role")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.adoption_id}"


class Enrolment(models.Model):
    """Somebody, or something, in an adoption: pinned to the protocol that rules it now, with the state of its log.

    A matter has a `title` and no person. `role` is which of the protocol's participants it is. `course` are the
    versions that ruled before, in order: [digest, the first instant that it no longer ruled].
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="enrolments", db_index=False)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="enrolments", db_index=False
    )
    title = models.CharField(_("title"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=60, blank=True)
    key = models.CharField(_("number"), max_length=80)
    protocol_version = models.ForeignKey("bank.ProtocolVersion", on_delete=models.PROTECT, related_name="+")
    course = models.JSONField(default=list, blank=True)
    stage = models.CharField(max_length=60)
    arm = models.CharField(max_length=60, blank=True)
    state = models.TextField()
    horizon = models.BigIntegerField()
    enrolled_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    broken_reason = models.CharField(max_length=200, blank=True)

    objects = EnrolmentManager()

    class Meta:
        ordering = ["adoption", "key"]
        constraints = [models.UniqueConstraint(fields=["adoption", "key"], name="operate_one_enrolment_per_key")]
        indexes = [
            models.Index(fields=["person"], name="operate_enrolments_of_person"),
            models.Index(fields=["adoption", "stage"], name="operate_enrolments_in_stage"),
            models.Index(fields=["adoption"], name="operate_set_aside", condition=~Q(broken_reason="")),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def called(self) -> str:
        """What people call it: the person's name, else the matter's title."""
        return self.person.display_name if self.person else self.title or self.key


class Token(models.Model):
    """The key of a device or system to one adoption, or to one enrolment in it. Only its hash is kept."""

    class Bearer(models.TextChoices):
        """What carries the token: it decides which events it may report."""

        DEVICE = "device", _("device")
        SYSTEM = "system", _("system")

    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="tokens")
    enrolment = models.ForeignKey(Enrolment, null=True, blank=True, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(_("label"), max_length=80)
    bearer = models.CharField(_("kind"), max_length=8, choices=Bearer.choices, default=Bearer.DEVICE)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["label", "pk"]

    def __str__(self) -> str:
        return self.label


class ImportBatch(models.Model):
    """One file that was imported: which, when, by whom, how much."""

    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="imports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    enrolments = models.PositiveIntegerField()
    duplicates = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class Event(models.Model):
    """Something that happened. Rows are added; only why one is held back may change."""

    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="events", **OF_THE_ENROLMENT)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="events", db_index=False)
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    occurred_at = models.BigIntegerField()
    sequence = models.BigIntegerField(default=0)
    received_at = models.BigIntegerField()
    by = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    token = models.ForeignKey(Token, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.PROTECT, related_name="events", db_index=False)
    link = models.ForeignKey(Link, null=True, on_delete=models.PROTECT, related_name="events", db_index=False)
    data = models.JSONField(default=dict)
    held = models.CharField(max_length=300, null=True)

    objects = EventManager()

    class Meta:
        ordering = ["occurred_at", "sequence", "key"]
        constraints = [models.UniqueConstraint(fields=["adoption", "key"], name="operate_one_event_per_key")]
        indexes = [
            models.Index(fields=["enrolment", "occurred_at", "sequence"], name="operate_log_of_enrolment"),
            models.Index(fields=["adoption", "kind", "occurred_at"], name="operate_events_of_kind"),
            models.Index(fields=["adoption", "received_at", "id"], name="operate_log_as_received"),
            models.Index(fields=["adoption", "received_at"], name="operate_held_back", condition=Q(held__isnull=False)),
            *(
                models.Index(fields=[name], name=f"operate_events_by_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("actor", "batch", "link")
            ),
        ]

    CHANGEABLE: ClassVar[frozenset[str]] = frozenset({"held"})

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; raises TypeError when it exists, save for `update_fields=["held"]`."""
        if not self._state.adding and set(kwargs.get("update_fields") or ["*"]) - self.CHANGEABLE:
            raise TypeError("The event log is append-only: a row cannot be changed. Record a correcting event instead.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuses."""
        raise TypeError("The event log is append-only: a row cannot be deleted. Record that it was void instead.")


class OutcomeFact(models.Model):
    """How one due ended, as known at one time. A later revision supersedes; nothing is rewritten but `current`."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="outcome_facts", db_index=False)
    due = models.CharField(max_length=300)
    revision = models.PositiveIntegerField(default=1)
    current = models.BooleanField(default=True)
    expectation = models.CharField(max_length=60)
    occurrence = models.CharField(max_length=40)
    slot_date = models.CharField(max_length=10, blank=True)
    slot_time = models.CharField(max_length=5, blank=True)
    anchor = models.CharField(max_length=200, blank=True)
    opens_at = models.BigIntegerField()
    target_at = models.BigIntegerField()
    deadline_at = models.BigIntegerField()
    status = models.CharField(max_length=10)
    resolved_at = models.BigIntegerField(null=True)
    event = models.CharField(max_length=200, blank=True)
    stage = models.CharField(max_length=60)
    arm = models.CharField(max_length=60, blank=True)
    recorded_at = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "due", "revision"], name="operate_one_fact_per_revision")
        ]
        indexes = [
            models.Index(
                fields=["enrolment", "expectation", "target_at"],
                name="operate_current_facts",
                condition=Q(current=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.due} {self.status}"


class Due(models.Model):
    """An expectation that is live now, for worklists and my page; `raised` when an alarm or task tells of it as well.

    Derived from the state; safe to rebuild.
    """

    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="+", **OF_THE_ENROLMENT)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="dues", db_index=False)
    due = models.CharField(max_length=300)
    expectation = models.CharField(max_length=60)
    opens_at = models.BigIntegerField()
    target_at = models.BigIntegerField()
    deadline_at = models.BigIntegerField()
    missed = models.BooleanField(default=False)
    raised = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "due"], name="operate_one_live_due")]
        indexes = [models.Index(fields=["adoption", "expectation", "target_at"], name="operate_dues_in_order")]

    def __str__(self) -> str:
        return self.due


class Alarm(models.Model):
    """Somebody must act now. `told` are all roles it has reached, `role` the latest of them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="alarms", **OF_THE_ENROLMENT)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="alarms", db_index=False)
    due = models.CharField(max_length=300)
    expectation = models.CharField(max_length=60)
    role = models.CharField(max_length=60)
    told = models.CharField(max_length=400)
    level = models.PositiveSmallIntegerField(default=0)
    raised_at = models.BigIntegerField()
    escalated_at = models.BigIntegerField(null=True)
    acknowledged_at = models.BigIntegerField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    closed_at = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "due"], name="operate_one_alarm_per_due")]
        indexes = [
            models.Index(
                fields=["adoption", "raised_at"], name="operate_open_alarms", condition=Q(closed_at__isnull=True)
            ),
            models.Index(
                fields=["acknowledged_by"], name="operate_alarms_taken_by", condition=Q(acknowledged_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.due


class Task(models.Model):
    """Something for a role to do when there is time."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="tasks", **OF_THE_ENROLMENT)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    due = models.CharField(max_length=300)
    expectation = models.CharField(max_length=60)
    role = models.CharField(max_length=60)
    opened_at = models.BigIntegerField()
    closed_at = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "due"], name="operate_one_task_per_due")]
        indexes = [
            models.Index(
                fields=["adoption", "role", "opened_at"], name="operate_open_tasks", condition=Q(closed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.due


class Outbox(models.Model):
    """Something to tell the outside, written with what caused it. `key` is the same at every attempt."""

    key = models.CharField(max_length=500)
    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="outbox", **OF_THE_ENROLMENT)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="outbox", db_index=False)
    channel = models.CharField(max_length=10)
    payload = models.JSONField(default=dict)
    available_at = models.BigIntegerField()
    expires_at = models.BigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.BigIntegerField(null=True)
    given_up_at = models.BigIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "outbox"
        constraints = [models.UniqueConstraint(fields=["key"], name="operate_one_message_per_key")]
        indexes = [
            models.Index(
                fields=["available_at"],
                name="operate_still_to_send",
                condition=Q(delivered_at__isnull=True, given_up_at__isnull=True),
            ),
            models.Index(
                fields=["adoption", "channel"],
                name="operate_unsent_inside",
                condition=Q(delivered_at__isnull=True, given_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Notice(models.Model):
    """A line on somebody's page: to a role in an adoption, or to whoever runs the system when there is none."""

    key = models.CharField(max_length=500, unique=True)
    adoption = models.ForeignKey(Adoption, null=True, on_delete=models.CASCADE, related_name="notices")
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=models.CASCADE, related_name="notices")
    role = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20)
    data = models.JSONField(default=dict)
    at = models.BigIntegerField()
    expires_at = models.BigIntegerField(null=True)
    seen_at = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["adoption", "role", "-at"], name="operate_notices")]

    def __str__(self) -> str:
        return self.key


class Heartbeat(models.Model):
    """The last sign of life of the worker, with both clocks; `held_since` while a clock that jumped holds it."""

    name = models.CharField(max_length=40, unique=True, default="worker")
    wall = models.BigIntegerField()
    steady = models.BigIntegerField()
    boot = models.CharField(max_length=40)
    lag = models.BigIntegerField(default=0)
    held_since = models.BigIntegerField(null=True)
    held_by = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name

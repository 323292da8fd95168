"""Organisations, users and their roles, persons, and the append-only access log. Writers are in `services`."""

import uuid
from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from genklang.people.managers import AccessLogManager, OrganisationManager, PersonManager, UserManager


def check_zone_name(value: str) -> None:
    """Raises ValidationError when `value` is no IANA time zone."""
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        message = _("“%(value)s” is no time zone. Write a name such as Europe/Stockholm.")
        raise ValidationError(message, params={"value": value}) from None


class Organisation(models.Model):
    """A municipality, federation or unit: the wall that personal data never crosses."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    municipality_code = models.CharField(_("municipality code"), max_length=4, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, default="Europe/Stockholm", validators=[check_zone_name])
    simulated = models.BooleanField(_("simulated"), default=False)

    objects = OrganisationManager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """Someone who can sign in, by e-mail address; there are no user names."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    simulated = models.BooleanField(_("simulated"), default=False)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name, as libraries ask for it."""
        return self.name


class Role(models.TextChoices):
    """What a member does in an organisation; protocol roles such as nurse are given per adoption, in operate."""

    LEAD = "lead", _("lead")
    STAFF = "staff", _("staff")
    EDITOR = "editor", _("bank editor")


class Membership(models.Model):
    """One role of one user in one organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=8, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="people_one_membership_per_role")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"


class Person(models.Model):
    """Someone the service is about; known to one organisation, never to two."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="persons")
    display_name = models.CharField(_("name"), max_length=120)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="persons")
    simulated = models.BooleanField(_("simulated"), default=False)

    objects = PersonManager()

    class Meta:
        ordering = ["display_name", "pk"]
        indexes = [models.Index(fields=["organisation", "display_name"], name="people_person_by_name")]

    def __str__(self) -> str:
        return self.display_name

    def age_on(self, day: date) -> int | None:
        """Years of age reached during that year; None when the year of birth is unknown."""
        return day.year - self.birth_year if self.birth_year else None


class Action(models.TextChoices):
    """What can be done with what is known about a person."""

    VIEW = "view", _("looked at the page")
    LIST = "list", _("saw the name in a list")
    RECORD = "record", _("wrote something down")
    DECIDE = "decide", _("decided something")
    CONTACT = "contact", _("got in touch")
    IMPORT = "import", _("imported")
    EXPORT = "export", _("exported")
    CHECK = "check", _("checked the access log")


class AccessLog(models.Model):
    """Who looked at what about whom, and why. Rows are added and never changed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="access_log")
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="accesses")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="access_log")
    action = models.CharField(_("what was done"), max_length=10, choices=Action.choices)
    purpose = models.CharField(_("why"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"))
    hour = models.DateTimeField(_("the hour that a row about a list stands for"), null=True)

    objects = AccessLogManager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["actor", "person", "hour"], name="people_one_list_row_an_hour")]
        indexes = [
            models.Index(fields=["person", "-at"], name="people_log_by_person"),
            models.Index(fields=["organisation", "-at"], name="people_log_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.at.isoformat()} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; raises TypeError when the row already exists."""
        if self.pk is not None:
            raise TypeError("The access log is append-only: a row cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuses."""
        raise TypeError("The access log is append-only: a row cannot be deleted.")

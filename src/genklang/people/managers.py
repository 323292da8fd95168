"""Querysets that start from who asks: `for_user(user)` is the only road from a request to persons and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from django.apps import apps
from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from genklang.people.models import AccessLog, Organisation, Person, User  # noqa: F401 - named in the bases' texts

CARING_ROLES = ("lead", "staff")


class UserManager(BaseUserManager["User"]):
    """Makes users from an e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A saved user; without a password only demo or an identity provider can sign the user in."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of an address, whatever its letter case."""
        return self.get(email__iexact=username)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations by who asks."""

    def for_user(self, user: User | AnonymousUser, *, roles: tuple[str, ...] = ()) -> OrganisationQuerySet:
        """Organisations the user is a member of, in any of `roles` when given; none when signed out."""
        if not user.is_authenticated:
            return self.none()
        wanted = Q(memberships__user_id=user.pk)
        if roles:
            wanted &= Q(memberships__role__in=roles)
        return self.filter(wanted).distinct()


class PersonQuerySet(models.QuerySet["Person"]):
    """Persons by who asks."""

    def for_user(self, user: User | AnonymousUser) -> PersonQuerySet:
        """Oneself, and everyone in the organisations where the user is lead or staff; none when signed out."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(user_id=user.pk) | Q(organisation_id__in=_organisations_of(user, CARING_ROLES)))


class AccessLogQuerySet(models.QuerySet["AccessLog"]):
    """The log by who asks; its rows can be neither changed nor deleted."""

    def for_user(self, user: User | AnonymousUser) -> AccessLogQuerySet:
        """Rows about oneself, and all rows of organisations the user leads; none when signed out."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(person__user_id=user.pk) | Q(organisation_id__in=_organisations_of(user, ("lead",))))

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuses."""
        raise TypeError("The access log is append-only: rows cannot be changed.")

    def delete(self) -> NoReturn:
        """Refuses."""
        raise TypeError("The access log is append-only: rows cannot be deleted.")


def _organisations_of(user: User, roles: tuple[str, ...]) -> models.QuerySet[Any, Any]:
    memberships = apps.get_model("people", "Membership")._default_manager
    return memberships.filter(user_id=user.pk, role__in=roles).values("organisation_id")


OrganisationManager = models.Manager.from_queryset(OrganisationQuerySet)
PersonManager = models.Manager.from_queryset(PersonQuerySet)
AccessLogManager = models.Manager.from_queryset(AccessLogQuerySet)

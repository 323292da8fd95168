"""Querysets that start from who asks, and the log's own, whose rows can be neither changed nor deleted.

A lead sees every adoption of the organisation; staff those they are assigned to; a person the own enrolments, as
participant or as member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from genklang.operate.models import Adoption, Enrolment, Event
    from genklang.people.models import User

    Adoptions = models.QuerySet[Adoption]
    Enrolments = models.QuerySet[Enrolment]
    Events = models.QuerySet[Event]
else:
    Adoptions = Enrolments = Events = models.QuerySet

TEXTS = ("source", "canonical")


def working_in(user: int, *, prefix: str = "") -> Q:
    """Adoptions (reached through `prefix`) that the user leads, or is assigned to as staff of the organisation."""
    members = f"{prefix}organisation__memberships"
    leads = Q(**{f"{members}__user_id": user, f"{members}__role": "lead"})
    staff = Q(**{f"{members}__user_id": user, f"{members}__role": "staff"})
    return leads | (staff & Q(**{f"{prefix}assignments__user_id": user}))


def own(user: User) -> Q:
    """Enrolments that the user is the participant of, or a member of until now."""
    member = Q(members__person__user_id=user.pk, members__left_at=None)
    return Q(person__user_id=user.pk) | member


def _may_ask(user: User | AnonymousUser) -> TypeGuard[User]:
    return user.is_authenticated and user.is_active


class AdoptionQuerySet(Adoptions):
    """Adoptions by who asks."""

    def for_user(self, user: User | AnonymousUser) -> AdoptionQuerySet:
        """Adoptions the user leads or works in; none when signed out."""
        return self.worked_in_by(user.pk) if _may_ask(user) else self.none()

    def worked_in_by(self, user: int) -> AdoptionQuerySet:
        """The same by the number of a user who is known to be active."""
        return self.filter(working_in(user)).distinct()

    def with_version(self) -> AdoptionQuerySet:
        """With organisation and protocol version at hand; the protocol's text only where it must be read."""
        texts = [f"protocol_version__{text}" for text in TEXTS]
        return self.select_related("protocol_version", "organisation").defer(*texts)


class EnrolmentQuerySet(Enrolments):
    """Enrolments by who asks."""

    def for_user(self, user: User | AnonymousUser) -> EnrolmentQuerySet:
        """One's own, and those in adoptions the user leads or works in; none when signed out."""
        if not _may_ask(user):
            return self.none()
        work = working_in(user.pk, prefix="adoption__")
        return self.filter(own(user) | work).distinct()

    def own_of(self, user: User | AnonymousUser) -> EnrolmentQuerySet:
        """One's own, as participant or member; none when signed out."""
        return self.filter(own(user)).distinct() if _may_ask(user) else self.none()

    def with_protocol(self) -> EnrolmentQuerySet:
        """With adoption and protocol version at hand; the protocol's text only when a machine must be made of it."""
        deferred = [f"{path}protocol_version__{text}" for path in ("", "adoption__") for text in TEXTS]
        return self.select_related("adoption__protocol_version", "protocol_version").defer(*deferred)

    def listed(self) -> EnrolmentQuerySet:
        """With the person at hand; without what no list shows: the state is long."""
        return self.select_related("person").defer("state")


class EventQuerySet(Events):
    """The log: rows are added, and `held` alone may change."""

    def update(self, **kwargs: Any) -> int:
        """Changes `held`; raises TypeError for anything else."""
        if set(kwargs) - self.model.CHANGEABLE:
            raise TypeError("The event log is append-only: rows cannot be changed.")
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        """Refuses."""
        raise TypeError("The event log is append-only: rows cannot be deleted.")


AdoptionManager = models.Manager.from_queryset(AdoptionQuerySet)
EnrolmentManager = models.Manager.from_queryset(EnrolmentQuerySet)
EventManager = models.Manager.from_queryset(EventQuerySet)

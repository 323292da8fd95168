"""Who belongs to an enrolment beside, or instead of, a participant: the members of a household. See `joining`."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from genklang.people.models import Person


def new_member_key() -> str:
    """What the log calls a member: it says nothing about who it is."""
    return uuid.uuid4().hex[:12]


class EnrolmentMember(models.Model):
    """A person of an enrolment, in one of the protocol's roles for members. The log knows `key`, never the person."""

    enrolment = models.ForeignKey("operate.Enrolment", on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships_of_enrolments")
    role = models.CharField(_("role"), max_length=60)
    key = models.CharField(max_length=40, default=new_member_key, editable=False)
    joined_at = models.BigIntegerField()
    left_at = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "key"], name="operate_one_member_per_key"),
            models.UniqueConstraint(
                fields=["enrolment", "person", "role"],
                condition=models.Q(left_at__isnull=True),
                name="operate_one_member_per_role",
            ),
        ]
        indexes = [models.Index(fields=["person"], name="operate_members_of_person")]

    def __str__(self) -> str:
        return f"{self.key} {self.role}"

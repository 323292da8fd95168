"""Tags that tell who may see what: of one enrolment, and of an adoption."""

from typing import Any

from django import template
from django.urls import reverse

from genklang.operate.models import Adoption, Enrolment, Status
from genklang.operate.pages.audiences import seen_by_others
from genklang.operate.pages.protocols import words_of

register = template.Library()


@register.inclusion_tag("operate/parts/audiences.html")
def who_sees(enrolment: Enrolment, roles: frozenset[str], *, own: bool = False) -> dict[str, Any]:
    """What guests and the public may see, and how these roles change it: staff's, or (`own`) of whom it is about."""
    form = "operate:my-form" if own else "operate:report"
    return {"seen": seen_by_others(enrolment, words_of(enrolment), roles=roles, form=form), "level": 3 if own else 2}


@register.simple_tag
def open_page(adoption: Adoption) -> str:
    """The address of the adoption's open page; empty where it has none."""
    roles = words_of(adoption).protocol.roles.values()
    shown = any(role.public for role in roles) and not adoption.historical and adoption.status != Status.PLANNED
    return reverse("operate:open-pages", args=[adoption.public_id]) if shown else ""

"""A tag for pages about one enrolment: who may see what of it."""

from typing import Any

from django import template

from genklang.operate import access
from genklang.operate.models import Enrolment
from genklang.operate.pages.audiences import seen_by_others
from genklang.operate.pages.protocols import words_of
from genklang.people.models import User

register = template.Library()


@register.inclusion_tag("operate/parts/audiences.html")
def who_sees(enrolment: Enrolment, user: User, *, own: bool = False) -> dict[str, Any]:
    """What guests and the public may see, and how to change it, for staff or (`own`) whom it is about."""
    roles = access.own_roles(user, enrolment) if own else access.roles_in(user, enrolment.adoption)
    form = "operate:my-form" if own else "operate:report"
    return {"seen": seen_by_others(enrolment, words_of(enrolment), roles=roles, form=form), "level": 3 if own else 2}

"""`{% load sums %}`: proposals in words, for the page of whom they are about, and for those who decide."""

from typing import Any

from django import template

from genklang.operate import access
from genklang.operate.models import Enrolment
from genklang.operate.pages.sums import sums_of
from genklang.people.models import User

register = template.Library()


@register.inclusion_tag("operate/parts/sums.html")
def my_sums(enrolment: Enrolment) -> dict[str, Any]:
    """`{% my_sums enrolment %}`: what I have asked for, how it was worked out, and what was decided."""
    return {"sums": sums_of(enrolment), "mine": True}


@register.inclusion_tag("operate/parts/sums.html")
def sums_to_decide(enrolment: Enrolment, user: User) -> dict[str, Any]:
    """`{% sums_to_decide enrolment user %}`: the same, with a way to decide for those who may."""
    return {"sums": sums_of(enrolment, roles=access.roles_with(user, enrolment)), "mine": False}

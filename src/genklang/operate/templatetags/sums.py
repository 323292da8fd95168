"""`{% load sums %}`: proposals in words, for the page of whom they are about, and for those who decide."""

from typing import Any

from django import template

from genklang.operate.models import Enrolment
from genklang.operate.pages.sums import sums_of

register = template.Library()


@register.inclusion_tag("operate/parts/sums.html")
def my_sums(enrolment: Enrolment) -> dict[str, Any]:
    """`{% my_sums enrolment %}`: what I have asked for, how it was worked out, and what was decided."""
    return {"sums": sums_of(enrolment), "mine": True}


@register.inclusion_tag("operate/parts/sums.html")
def sums_to_decide(enrolment: Enrolment, roles: frozenset[str]) -> dict[str, Any]:
    """`{% sums_to_decide enrolment roles %}`: the same, with a way to decide for those of the roles that may."""
    return {"sums": sums_of(enrolment, roles=roles), "mine": False}

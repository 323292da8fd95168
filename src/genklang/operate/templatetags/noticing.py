"""`{% load noticing %}`: what signals say of somebody, and the figures that they rest on."""

from typing import Any

from django import template

from genklang.operate.models import Enrolment
from genklang.operate.pages.noticed import noticed

register = template.Library()


@register.inclusion_tag("operate/parts/noticed.html")
def has_been_noticed(enrolment: Enrolment, *, own: bool = False) -> dict[str, Any]:
    """`{% has_been_noticed enrolment %}`; with `own=True` said to the person."""
    return {"signals": noticed(enrolment), "own": own, "near": enrolment.public_id}

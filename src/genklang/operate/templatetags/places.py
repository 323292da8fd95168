"""`{% load places %}`: one's own place in the queue, for whoever waits."""

from typing import Any

from django import template

from genklang.operate.models import Enrolment
from genklang.operate.pages.queue import own_turns

register = template.Library()


@register.inclusion_tag("operate/parts/my_turn.html")
def my_turn(enrolment: Enrolment) -> dict[str, Any]:
    """`{% my_turn enrolment %}`: which in turn, and the day by which a place is promised."""
    return {"turns": own_turns(enrolment)}

"""`{% load running %}{% running_results practice %}`: where a practice runs, and what has come of it there."""

from typing import Any

from django import template

from genklang.bank.models import Practice
from genklang.operate.pages.running import places_of

register = template.Library()


@register.inclusion_tag("operate/parts/running_results.html")
def running_results(practice: Practice) -> dict[str, Any]:
    """A section with every adoption of the practice; nothing at all where there is none."""
    return {"places": places_of(practice)}

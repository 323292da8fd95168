"""`{% load exchange %}`: what others have to do with an enrolment, for whoever it is about; and balances for staff."""

from typing import Any

from django import template

from genklang.operate.models import Enrolment
from genklang.operate.pages.exchange import accounts_of, exchange_of

register = template.Library()


@register.inclusion_tag("operate/parts/exchange.html")
def my_exchange(enrolment: Enrolment, roles: frozenset[str]) -> dict[str, Any]:
    """`{% my_exchange enrolment roles %}`: what waits for my answer, what I was told, my balance, the way to others."""
    return {"exchange": exchange_of(enrolment, roles), "enrolment": enrolment}


@register.inclusion_tag("operate/parts/balances.html")
def balances(enrolment: Enrolment) -> dict[str, Any]:
    """`{% balances enrolment %}`: what the enrolment's accounts hold, for those who work with it."""
    return {"accounts": accounts_of(enrolment, lines=0), "enrolment": enrolment}

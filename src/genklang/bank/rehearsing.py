"""Rehearsing in the web: a visitor's own numbers, checked, computed at a bounded cost, and kept for the next one."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genklang.bank.models import ProtocolVersion, in_swedish
from genklang.bank.selectors import protocol_of
from genklang.bank.wording import number, said
from genklang.engine.machine import Machine
from genklang.protocol.types import Parameter, Price, Protocol
from genklang.protocol.units import Money
from genklang.rehearsal.expected import Expectation
from genklang.rehearsal.running import Rehearsal, rehearse

MOST_ENROLMENTS = 5000
MOST_YEARS = 3
MOST_MONEY = 10_000_000
SEED = 1  # the same numbers give everybody the same answer
PILOT = 4
STEPS = 60_000  # of the engine; some seconds of one processor
FEWEST, MOST = 15, 2000  # simulated participants
AT_ONCE = 2
PATIENCE = 30.0  # seconds that a visitor waits for a turn
DIGITS = 12

_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_turns = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Too many are rehearsing right now."""


@dataclass(frozen=True)
class Asked:
    """A rehearsal as asked for; parameters and prices by name, in the protocol's order."""

    enrolments: int
    years: float
    parameters: tuple[tuple[str, float], ...]
    prices: tuple[tuple[str, str], ...]


class NumberField(forms.Field):
    """A number within bounds, also with a decimal comma. Wrong ones are told in one sentence, with an example."""

    def __init__(self, *, least: float, greatest: float, example: float, whole: bool = False, **kwargs: Any) -> None:
        self.least, self.greatest, self.example, self.whole = least, greatest, example, whole
        super().__init__(**kwargs)
        self.widget.attrs |= {"class": "short", "inputmode": "numeric" if whole else "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> float:
        """The number, or a ValidationError that says what to write."""
        try:
            found = float(_plain(str("" if value is None else value)))
        except ValueError:
            raise self._refusal(value) from None
        if not self.least <= found <= self.greatest or (self.whole and found != int(found)):
            raise self._refusal(value)
        return found

    def prepare_value(self, value: Any) -> Any:
        """What was written, or a plain number as the reader's language writes it; never with thousands apart."""
        text = plain_number(value) if isinstance(value, int | float) else str(value or "")
        return text.replace(".", ",") if in_swedish() and _PLAIN.fullmatch(text) else text

    def _refusal(self, value: Any) -> forms.ValidationError:
        words = {
            "written": str(value or ""),
            "least": number(self.least, decimals=_places(self.least)),
            "greatest": number(self.greatest, decimals=_places(self.greatest)),
            "example": number(self.example, decimals=_places(self.example)),
        }
        if not words["written"]:
            text = gettext(
                "Nothing is written. Write a number from %(least)s to %(greatest)s, for example %(example)s."
            )
        elif self.whole:
            text = gettext(
                "“%(written)s” cannot be used. "
                "Write a whole number from %(least)s to %(greatest)s, for example %(example)s."
            )
        else:
            text = gettext(
                "“%(written)s” cannot be used. Write a number from %(least)s to %(greatest)s, for example %(example)s."
            )
        return forms.ValidationError(text % words)


class RehearseForm(forms.Form):
    """How many, how long, the practice's parameters and prices. What is not given is the protocol's own number."""

    enrolments = NumberField(label=_("How many take part?"), least=1, greatest=MOST_ENROLMENTS, example=100, whole=True)
    years = NumberField(
        label=_("For how many years?"),
        least=0.1,
        greatest=MOST_YEARS,
        example=1,
    )

    def __init__(self, data: Mapping[str, Any] | None, protocol: Protocol) -> None:
        assert protocol.rehearsal is not None
        super().__init__()
        self.protocol = protocol
        self.fields["enrolments"].initial = min(protocol.rehearsal.enrolments, MOST_ENROLMENTS)
        self.fields["years"].initial = min(protocol.rehearsal.years, MOST_YEARS)
        for name, parameter in protocol.rehearsal.parameters.items():
            self.fields[f"p_{name}"] = _parameter_field(parameter)
        for name, price in protocol.economy.prices.items() if protocol.economy else []:
            self.fields[f"price_{name}"] = _price_field(price)
        if data:
            own = {name: field.initial for name, field in self.fields.items()}
            self.data, self.is_bound = own | {name: data[name] for name in own if name in data}, True

    def parameter_fields(self) -> list[forms.BoundField]:
        """The practice's parameters, to show together."""
        return [self[name] for name in self.fields if name.startswith("p_")]

    def price_fields(self) -> list[forms.BoundField]:
        """The prices, to show together."""
        return [self[name] for name in self.fields if name.startswith("price_")]

    def plain_query(self, given: Mapping[str, Any]) -> str:
        """The address's query with what was given as plain numbers: it means the same in every language."""
        named = {name: plain_number(self.cleaned_data[name]) for name in self.fields if name in given}
        return urlencode(named)

    def asked(self) -> Asked:
        """What was asked for; only for a valid form."""
        given = self.cleaned_data
        prices = self.protocol.economy.prices if self.protocol.economy else {}
        return Asked(
            int(given["enrolments"]),
            float(given["years"]),
            tuple((name[2:], float(value)) for name, value in given.items() if name.startswith("p_")),
            tuple((name, f"{Decimal(str(given[f'price_{name}']))} {prices[name].amount.currency}") for name in prices),
        )


def compute(version: ProtocolVersion, asked: Asked) -> Expectation:
    """What to expect; at once when somebody has asked the same before. Raises Busy when no turn comes in time."""
    protocol_of(version)  # read before the turn is taken
    return _computed(version.digest, version.pk, asked)


@lru_cache(maxsize=128)
def _computed(digest: str, version_id: int, asked: Asked) -> Expectation:
    protocol = protocol_of(ProtocolVersion.objects.get(pk=version_id))
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy
    try:
        return _expect(protocol, asked)
    finally:
        _turns.release()


def simulated_within(protocol: Protocol, *, seed: int) -> Rehearsal:
    """The protocol's own rehearsal, with as many people as a page may cost. Raises Busy when no turn comes in time."""
    assert protocol.rehearsal is not None
    zone, years = settings.TIME_ZONE, min(protocol.rehearsal.years, MOST_YEARS + 1)
    machine = Machine(protocol, zone=zone)
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy
    try:
        pilot = rehearse(protocol, enrolments=PILOT, years=years, seed=seed, zone=zone, machine=machine)
        people = min(max(STEPS // 2 * PILOT // max(pilot.steps, 1), FEWEST), protocol.rehearsal.enrolments)
        return rehearse(protocol, enrolments=people, years=years, seed=seed, zone=zone, machine=machine)
    finally:
        _turns.release()


def _expect(protocol: Protocol, asked: Asked) -> Expectation:
    zone, parameters = settings.TIME_ZONE, dict(asked.parameters)
    machine = Machine(protocol, zone=zone)
    pilot = rehearse(
        protocol, enrolments=PILOT, years=asked.years, seed=SEED, zone=zone, parameters=parameters, machine=machine
    )
    from genklang.rehearsal.forecast import expect  # brings numpy: not worth a start's time

    return expect(
        protocol,
        enrolments=asked.enrolments,
        years=asked.years,
        seed=SEED,
        zone=zone,
        parameters=parameters,
        prices={name: Money.parse(price) for name, price in asked.prices},
        simulated=min(max(STEPS * PILOT // max(pilot.steps, 1), FEWEST), MOST),
        machine=machine,
    )


def plain_number(value: float) -> str:
    """A number as every language reads it: decimal point, no thousands apart."""
    return f"{value:.{_places(value)}f}"


def _plain(written: str) -> str:
    """What was written with a decimal point. A comma parts thousands only in English, and only where it can."""
    text = written.strip().replace("\xa0", "").replace(" ", "").replace("−", "-")
    if not in_swedish() and _GROUPED.fullmatch(text):
        return text.replace(",", "")
    return text.replace(",", ".")


def _parameter_field(parameter: Parameter) -> NumberField:
    return NumberField(
        label=said(parameter),
        initial=parameter.value,
        least=parameter.min,
        greatest=parameter.max,
        example=parameter.value,
        help_text=said(parameter.unit),
    )


def _price_field(price: Price) -> NumberField:
    amount = float(price.amount.amount)
    label = gettext("%(name)s (%(currency)s)") % {"name": said(price), "currency": price.amount.currency}
    return NumberField(
        label=label, initial=amount, least=0, greatest=MOST_MONEY, example=amount, help_text=said(price.source)
    )


def _places(value: float) -> int:
    """As many decimals as the number is written with."""
    return max(0, -int(Decimal(repr(float(value))).normalize().as_tuple().exponent))

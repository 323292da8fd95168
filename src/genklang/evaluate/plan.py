"""The plan beside what was done. A plan is written down before the first person starts; here it is only compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from genklang.evaluate.findings import Deviation
from genklang.evaluate.problems import Problems
from genklang.evaluate.texts import Text

_ITEMS = {
    "design": Text(sv="design", en="design"),
    "outcome": Text(sv="utfall", en="outcome"),
    "strata": Text(sv="strata", en="strata"),
    "covariates": Text(sv="kovariater", en="covariates"),
    "cluster": Text(sv="grupper som lottades hela", en="clusters assigned whole"),
    "subgroups": Text(sv="undergrupper", en="subgroups"),
    "horizon": Text(sv="horisont", en="horizon"),
    "confidence": Text(sv="säkerhet", en="confidence"),
    "better": Text(sv="bättre är", en="better is"),
    "size": Text(sv="antal personer", en="number of people"),
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What was planned; None for what the plan leaves open. `registered` is a date or a protocol's digest."""

    design: str | None = None
    outcome: str | None = None
    strata: tuple[str, ...] | None = None
    covariates: tuple[str, ...] | None = None
    subgroups: tuple[str, ...] | None = None
    cluster: str | None = None
    horizon: float | None = None
    confidence: float | None = None
    better: str | None = None
    size: int | None = None
    registered: str | None = None

    @classmethod
    def of(cls, given: Plan | Mapping[str, Any] | None) -> Plan | None:
        """A plan as it stands, or read from a mapping such as a protocol's study block. Raises EvaluationError."""
        if given is None or isinstance(given, Plan):
            return given
        known = [each.name for each in fields(cls)]
        problems = Problems()
        for name in given:
            if name not in known:
                problems.add(
                    Text(sv='planen har en okänd del, "{name}".', en='the plan has an unknown part, "{name}".').fill(
                        name=name
                    ),
                    Text(sv="Använd: {known}.", en="Use: {known}.").fill(known=", ".join(known)),
                )
        problems.check()
        return cls(**{name: _tupled(value) for name, value in given.items()})

    def beside(self, done: Mapping[str, Any]) -> tuple[Deviation, ...]:
        """Each item that the plan holds and the design has, beside what was done."""
        return tuple(
            Deviation(item=item, planned=_told(getattr(self, name)), done=_told(done.get(name)))
            for name, item in _ITEMS.items()
            if getattr(self, name) is not None and name in done
        )


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _told(value: Any) -> str:
    """One item as text; the order of columns in a list is no deviation."""
    if value is None:
        return "–"
    if isinstance(value, (tuple, list)):
        return ", ".join(sorted(str(each) for each in value)) or "–"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)

"""Chance, checked afterwards: whether every sample and every arm of an adoption is what its secret seed says.

Nothing that is told lets anybody work out the seed, or what will be drawn next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from genklang.engine import randomisation
from genklang.engine.types import Allocate
from genklang.operate.directory import engine_event
from genklang.operate.machines import machine_for
from genklang.operate.models import Adoption, Enrolment, Event


@dataclass(frozen=True)
class Drawn:
    """What the log says of one draw or allocation, and what the seed says."""

    enrolment: str
    what: str
    logged: str
    by_seed: str

    @property
    def agrees(self) -> bool:
        """Whether the log is right."""
        return self.logged == self.by_seed


def audit(adoption: Adoption) -> list[Drawn]:
    """Every draw and allocation that was made in the adoption; none in an imported past, which brings its own."""
    if adoption.historical:
        return []
    return [*_samples(adoption), *_arms(adoption)]


def _samples(adoption: Adoption) -> Iterator[Drawn]:
    for row in _events(adoption, "drawn"):
        draw = str(row.data["draw"])
        declared = machine_for(row.enrolment).protocol.draws.get(draw)
        if declared is not None:
            chosen = randomisation.is_drawn(adoption.seed, draw=draw, enrolment=row.enrolment.key, share=declared.share)
            yield Drawn(row.enrolment.key, draw, _said(bool(row.data["chosen"])), _said(chosen))


def _said(chosen: bool) -> str:
    return "drawn" if chosen else "not drawn"


def _arms(adoption: Adoption) -> Iterator[Drawn]:
    """Arms were drawn in the order in which their events were written: all are drawn again from an empty list."""
    state: randomisation.ListState = {}
    for row in _events(adoption, "allocated"):
        declared = machine_for(row.enrolment).protocol.randomise
        if declared is None:
            continue
        stratum = _stratum(row.enrolment)
        arm, state = randomisation.draw(state, seed=adoption.seed, declared=declared, stratum=stratum)
        yield Drawn(row.enrolment.key, " / ".join(["arm", *stratum]), str(row.data["arm"]), arm)


def _stratum(enrolment: Enrolment) -> tuple[str, ...]:
    """The stratum that the enrolment was drawn in: its log says it again."""
    log = [engine_event(row) for row in Event.objects.filter(enrolment=enrolment)]
    effects = machine_for(enrolment).fold(enrolment.key, log).effects
    return next((one.stratum for one in effects if isinstance(one, Allocate)), ())


def _events(adoption: Adoption, kind: str) -> Iterator[Event]:
    rows = Event.objects.filter(adoption=adoption, kind=kind, held=None).order_by("pk")
    return iter(rows.select_related("enrolment__adoption", "enrolment__protocol_version"))

"""Protocols made ready to run, kept between requests; and an enrolment's state between its row and the engine."""

from collections.abc import Iterable
from functools import lru_cache

from genklang.bank.models import ProtocolVersion
from genklang.engine.json import from_json, to_json
from genklang.engine.machine import Machine
from genklang.engine.types import State
from genklang.operate.lookups import M, fetch, places
from genklang.operate.models import Adoption, Enrolment
from genklang.protocol.reading import from_canonical
from genklang.protocol.scopes import PARTICIPANT

KEPT = 64
LARGEST_KEPT = 16 * 1024
_machines: dict[tuple[str, str], Machine] = {}


def machine_for(enrolment: Enrolment) -> Machine:
    """The machine of the protocol that the enrolment is pinned to, in the adoption's zone, after those before it."""
    zone = enrolment.adoption.zone
    earlier = [(_machine_called(digest, zone), until) for digest, until in enrolment.course]
    return machine_of(enrolment.protocol_version, zone=zone).after(earlier)


def adoption_machine(adoption: Adoption) -> Machine:
    """The machine of the protocol version that new enrolments start on."""
    return machine_of(adoption.protocol_version, zone=adoption.zone)


def machine_of(version: ProtocolVersion, *, zone: str) -> Machine:
    """The machine of a protocol version in a zone; made once a process."""
    place = (version.digest, zone)
    if place not in _machines:
        if len(_machines) >= KEPT:
            _machines.pop(next(iter(_machines)), None)
        _machines[place] = Machine(from_canonical(version.canonical), zone=zone)
    return _machines[place]


def _machine_called(digest: str, zone: str) -> Machine:
    kept = _machines.get((digest, zone))
    return kept or machine_of(ProtocolVersion.objects.get(digest=digest), zone=zone)


def with_shared(rows: list[Enrolment], known: Iterable[Adoption] = ()) -> list[Enrolment]:
    """The rows with adoption and protocol version at hand, one object for all that share it. What is `known`, with its
    version, is not read again.
    """
    adoptions = {adoption.pk: adoption for adoption in known}
    versions = {adoption.protocol_version_id: adoption.protocol_version for adoption in adoptions.values()}
    missing = {row.adoption_id for row in rows} - adoptions.keys()
    adoptions |= _by_number(Adoption, missing)
    pinned = {row.protocol_version_id for row in rows} | {one.protocol_version_id for one in adoptions.values()}
    versions |= _by_number(ProtocolVersion, pinned - versions.keys(), without=("source", "canonical"))
    for key in missing:
        adoptions[key].protocol_version = versions[adoptions[key].protocol_version_id]
    for row in rows:  # as Django would set them, without asking each time what may be set
        kept = row._state.fields_cache
        kept["adoption"], kept["protocol_version"] = adoptions[row.adoption_id], versions[row.protocol_version_id]
    return rows


def _by_number(model: type[M], numbers: set[int], *, without: tuple[str, ...] = ()) -> dict[int, M]:
    found = fetch(model, f"WHERE id IN {places(list(numbers))}", list(numbers), without=without) if numbers else []
    return {row.pk: row for row in found}


def load_state(enrolment: Enrolment) -> State:
    """The state in the enrolment's row. A large one is not kept: thousands of alarms that nobody has answered."""
    text = enrolment.state
    return _parsed(text) if len(text) <= LARGEST_KEPT else from_json(text)


def shown_state(enrolment: Enrolment) -> State:
    """The state for a page; as if nothing were known where one was set aside whose state cannot be read."""
    try:
        return load_state(enrolment)
    except (KeyError, TypeError, ValueError):
        if not enrolment.broken_reason:
            raise
        return machine_for(enrolment).begin(enrolment.key)


def settle_row(enrolment: Enrolment, machine: Machine, state: State) -> None:
    """Puts the state on the row, unsaved, with what is searched by."""
    stage = machine.protocol.stages[state.stage or machine.protocol.first_stage]
    enrolment.stage = state.stage or machine.protocol.first_stage
    enrolment.arm = state.arm or ""
    enrolment.role = str(state.facts.get(PARTICIPANT) or enrolment.role)
    enrolment.state = to_json(state)
    enrolment.horizon = state.horizon
    enrolment.ended_at = state.stage_since if stage.final else None


@lru_cache(maxsize=256)
def _parsed(text: str) -> State:
    return from_json(text)

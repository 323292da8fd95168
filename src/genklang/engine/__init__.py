"""The engine: a protocol, a state and an event in; a state, outcome facts and effects out.

Pure, and the same everywhere.
"""

from genklang.engine.checking import Coerced
from genklang.engine.folding import current
from genklang.engine.json import from_json, to_json
from genklang.engine.machine import Machine
from genklang.engine.problems import Problem
from genklang.engine.time import Zone, format_instant, parse_instant, to_instant
from genklang.engine.types import (
    BUILT_IN,
    Allocate,
    CloseAlarm,
    CloseTask,
    DrawSample,
    Due,
    Effect,
    EscalateAlarm,
    Event,
    Notify,
    OpenTask,
    OutcomeFact,
    OutOfOrder,
    RaiseAlarm,
    State,
    Step,
)

__all__ = [
    "BUILT_IN",
    "Allocate",
    "CloseAlarm",
    "CloseTask",
    "Coerced",
    "DrawSample",
    "Due",
    "Effect",
    "EscalateAlarm",
    "Event",
    "Machine",
    "Notify",
    "OpenTask",
    "OutOfOrder",
    "OutcomeFact",
    "Problem",
    "RaiseAlarm",
    "State",
    "Step",
    "Zone",
    "current",
    "format_instant",
    "from_json",
    "parse_instant",
    "to_instant",
    "to_json",
]

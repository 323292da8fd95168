"""Cases: short stories that a protocol must end as told. A practice's own stand in its tests.yaml.

stories.py    a story, what runs it, and how it is held against what it tells
written.py    tests.yaml as types
reading.py    tests.yaml's text becomes stories, or everything that is wrong with it
telling.py    a practice's stories run on the engine; what does not end as told is told, with its place
"""

from genklang.rehearsal.cases.reading import PlacedCase, read_cases
from genklang.rehearsal.cases.stories import (
    Case,
    Driver,
    Line,
    Mismatch,
    Outcome,
    PureDriver,
    instant,
    label,
    run,
)
from genklang.rehearsal.cases.telling import failures

__all__ = [
    "Case",
    "Driver",
    "Line",
    "Mismatch",
    "Outcome",
    "PlacedCase",
    "PureDriver",
    "failures",
    "instant",
    "label",
    "read_cases",
    "run",
]

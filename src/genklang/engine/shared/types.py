"""What comes out of shared state."""

from typing import NamedTuple

from genklang.engine.types import Event


class Delivery(NamedTuple):
    """An event to record in an enrolment, by `system`. Its id follows from what caused it: recorded twice it is one.

    `place` names what it gives; empty for an event that was passed on. A place that the enrolment cannot take (it has
    left the queue meanwhile) is not recorded at all, and one that it takes happens when it is recorded, so that nothing
    that has happened meanwhile is undone. An event passed on happened when its cause did, and is kept until something
    explains it.
    """

    enrolment: str
    event: Event
    place: str = ""

"""What the enrolments of one adoption share: events that pass between them, and places that there are too few of.

Pure, like the rest of the engine: a shell hands in states and events, and records the deliveries that come back, each
in a transaction of its own, under the id that it has. A delivery that was made before is a duplicate.
"""

from genklang.engine.shared.passing import Directory, Told, leads_to, must_arrive, passed, passed_id
from genklang.engine.shared.places import Places, Settled, Shared
from genklang.engine.shared.queue import Occupancy, OwnPlaces, Part, Queue, Stand, Waiting, in_turn, occupancy
from genklang.engine.shared.types import Delivery

__all__ = [
    "Delivery",
    "Directory",
    "Occupancy",
    "OwnPlaces",
    "Part",
    "Places",
    "Queue",
    "Settled",
    "Shared",
    "Stand",
    "Told",
    "Waiting",
    "in_turn",
    "leads_to",
    "must_arrive",
    "occupancy",
    "passed",
    "passed_id",
]

"""How soon simulated staff answer alarms and tasks.

The language says what participants do, but not how staff answer: these are our assumptions, the same for every
practice. Most alarms are acknowledged within a quarter of an hour, some are not, so that escalation shows.
"""

from math import exp
from typing import Any, NamedTuple

import numpy as np

from genklang.protocol.units import HOUR, MINUTE


class Delays(NamedTuple):
    """Microseconds from when the alarm was raised, or the task opened, until somebody reacts."""

    acknowledged: int
    resolved: int


def answers_alarm(seen: float, dealt_with: float) -> Delays:
    """Acknowledged after a median of 5 minutes (one in seven after more than 15), dealt with some hours later.

    Both are given as standard normal numbers.
    """
    acknowledged = round(alarm_seen(seen))
    return Delays(acknowledged, acknowledged + round(3 * HOUR * exp(0.5 * dealt_with)))


def alarm_seen(normal: Any) -> Any:
    """How soon alarms are acknowledged, by standard normal numbers: one or many."""
    return 5 * MINUTE * np.exp(normal)


def answers_task(dealt_with: float) -> Delays:
    """A task is not acknowledged; it is dealt with after a median of one day."""
    return Delays(0, round(24 * HOUR * exp(0.5 * dealt_with)))

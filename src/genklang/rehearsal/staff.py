"""How soon simulated staff answer alarms and tasks.

The language says what participants do, but not how staff answer: these are our assumptions, the same for every
practice. Most alarms are acknowledged within a quarter of an hour, some are not, so that escalation shows.
"""

import random
from math import exp, log
from typing import NamedTuple

from genklang.protocol.units import HOUR, MINUTE


class Delays(NamedTuple):
    """Microseconds from when the alarm was raised, or the task opened, until somebody reacts."""

    acknowledged: int
    resolved: int


def answers_alarm(rng: random.Random) -> Delays:
    """Acknowledged after a median of 5 minutes (one in seven after more than 15), dealt with some hours later."""
    acknowledged = _lognormal(5 * MINUTE, 1.0, rng)
    return Delays(acknowledged, acknowledged + _lognormal(3 * HOUR, 0.5, rng))


def answers_task(rng: random.Random) -> Delays:
    """A task is not acknowledged; it is dealt with after a median of one day."""
    return Delays(0, _lognormal(24 * HOUR, 0.5, rng))


def _lognormal(median: int, sigma: float, rng: random.Random) -> int:
    return round(exp(rng.normalvariate(log(median), sigma)))

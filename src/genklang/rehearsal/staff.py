"""How soon simulated staff answer alarms and tasks.

The language says what participants do, but not how staff answer: these are our assumptions, the same for every
practice. Most alarms are acknowledged within a quarter of an hour, some are not, so that escalation shows.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genklang.protocol.units import HOUR, MINUTE

Normal = NDArray[np.float64]


class Delays(NamedTuple):
    """Microseconds from when alarms were raised, or tasks opened, until somebody reacts."""

    acknowledged: Normal
    resolved: Normal


def answers_alarm(seen: Normal, dealt_with: Normal) -> Delays:
    """Acknowledged after a median of 5 minutes (one in seven after more than 15), dealt with some hours later.

    By standard normal numbers, for as many alarms as there are of each.
    """
    acknowledged = np.rint(5 * MINUTE * np.exp(seen))
    return Delays(acknowledged, acknowledged + np.rint(3 * HOUR * np.exp(0.5 * dealt_with)))


def answers_task(dealt_with: Normal) -> Delays:
    """A task is not acknowledged; it is dealt with after a median of one day."""
    return Delays(0 * dealt_with, np.rint(24 * HOUR * np.exp(0.5 * dealt_with)))

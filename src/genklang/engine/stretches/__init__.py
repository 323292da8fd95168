"""Many events of one enrolment in one step, where nothing but the ordinary happens: dues are met, in time or late.

The rules stand in `happening` and `passing`, one event at a time. Here is what they come to for a whole row of events
that each meet the due whose turn it is: comparisons of columns. What is not of that kind is left to the ordinary step.
A generative test holds that both come to the same: state, facts and effects.

rows.py       events in columns
calendars.py  the dues of an expectation in columns, one after the other
courses.py    which expectations can be followed so, and what meets which due
dealing.py    dues that staff dealt with, since nobody met them
taking.py     how many of the events can be taken, and the state after them
telling.py    what came of it, written out as facts and effects
"""

from genklang.engine.stretches.rows import Rows
from genklang.engine.stretches.taking import take
from genklang.engine.stretches.telling import Many

__all__ = ["Many", "Rows", "take"]

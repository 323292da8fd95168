"""What is expected of an enrolment, open now or next in turn, read out of its state."""

from genklang.engine.types import Due, State
from genklang.operate.machines import shown_state
from genklang.operate.models import Enrolment

MOST = 12


def coming(enrolment: Enrolment) -> list[Due]:
    """The dues that can still be met in time, and the next of each expectation; soonest first."""
    return of_state(shown_state(enrolment))[:MOST]


def of_state(state: State) -> list[Due]:
    """The same, out of a state."""
    found = [due for track in state.tracks for due in track.live if not due.missed and not due.closed]
    found += [track.upcoming for track in state.tracks if track.upcoming is not None]
    return sorted(found, key=lambda due: (due.target_at, due.deadline_at, due.id))

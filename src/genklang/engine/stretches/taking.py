"""How many of the events can be taken in one step, and the state after them."""

from __future__ import annotations

from collections.abc import Sequence

from genklang.engine.draft import Draft
from genklang.engine.passing import open_ready, settle
from genklang.engine.plan import Compiled, Kind
from genklang.engine.rules import EveryFromLast
from genklang.engine.stretches.courses import Course, course, rests
from genklang.engine.stretches.dealing import without_dealt_with
from genklang.engine.stretches.rows import TIME_PASSED, Rows
from genklang.engine.stretches.telling import Many, ended
from genklang.engine.types import Due, State, Track


def take(compiled: Compiled, state: State, rows: Rows) -> Many:
    """Take as many of the events, from the first on, as only meet dues whose turn it is; they may be none."""
    if state.stage is None:
        return Many(state, state, rows, 0)
    meant = [_meant(compiled, state, name) for name in rows.names]
    stop = min(rows.in_order(state.settled, state.last), _first(rows, [one is None for one in meant]))
    courses: list[Course] = []
    for place, track in enumerate(state.tracks):
        expecting = [one is not None and place in one for one in meant]
        if rests(track) or not stop:
            continue
        found = course(compiled, state, place, rows, rows.places(expecting))
        if found is None:
            stop = min(stop, _first(rows, expecting), int(rows.limits.searchsorted(track.wake)))
        else:
            courses.append(without_dealt_with(found, rows))
    stop, seen = _as_far_as_all_go(courses, rows, stop)
    if not stop:
        return Many(state, state, rows, 0)
    return Many(state, _after(compiled, state, courses, rows, stop), rows, stop, tuple(courses), seen)


def _meant(compiled: Compiled, state: State, name: str) -> tuple[int, ...] | None:
    """The expectations of which a kind of event meets dues, and does nothing else as things stand; else None."""
    kind = compiled.kinds.get(name)
    if name in (TIME_PASSED, "acknowledged", "resolved"):
        return ()
    return kind.meets if kind is not None and _only_meets(kind, state) else None


def _only_meets(kind: Kind, state: State) -> bool:
    return (
        kind.declared is not None
        and kind.when is None
        and not (kind.states or kind.begins or kind.more or kind.requires)
        and state.stage not in kind.moves
        and (kind.during is None or state.stage in kind.during)
    )


def _first(rows: Rows, kinds: Sequence[bool]) -> int:
    """The place of the first event of some kinds; how many events there are, where none is."""
    if not any(kinds):
        return len(rows)
    found = rows.places(kinds)
    return int(found[0]) if len(found) else len(rows)


def _as_far_as_all_go(courses: Sequence[Course], rows: Rows, stop: int) -> tuple[int, dict[str, int]]:
    """How many events can be taken so that no due is missed for good before it is met."""
    for one in courses:
        stop = min(stop, _in_turn(one, rows))
    seen: dict[str, int] = {}
    before = None
    while stop and stop != before:
        stop = _all_met(courses, rows, stop)
        before = stop
        stop, seen = _answered(courses, rows, stop)
    return stop, seen


def _all_met(courses: Sequence[Course], rows: Rows, stop: int) -> int:
    """How many events there are before the first with which the time of a due that is not met has passed."""
    before = None
    while stop and stop != before:
        before = stop
        for one in courses:
            met = int(one.rows.searchsorted(stop))
            if stop and met < len(one.dues.deadline) and one.dues.deadline[met] <= rows.limits[stop - 1]:
                stop = int(rows.limits.searchsorted(one.dues.deadline[met]))
            for due, row, closes in one.dealt:
                gone = row < stop and closes <= rows.limits[stop - 1]
                if stop and due.deadline_at <= rows.limits[stop - 1] and not gone:
                    stop = int(rows.limits.searchsorted(due.deadline_at))
    return stop


def _in_turn(one: Course, rows: Rows) -> int:
    """How many events there are before the first that does not meet the due whose turn it is."""
    known = min(len(one.rows), len(one.dues.opens))
    at = one.at[:known]
    wrong = (at < one.dues.opens[:known]) | (at >= one.dues.closes[:known])
    if wrong.any():
        return int(one.rows[wrong.argmax()])
    return int(one.rows[known]) if known < len(one.rows) else len(rows)


def _answered(courses: Sequence[Course], rows: Rows, stop: int) -> tuple[int, dict[str, int]]:
    """Up to when each alarm that was acknowledged could escalate; and how many events there are before one that is an
    answer to no such alarm.
    """
    kinds = [name in ("acknowledged", "resolved") for name in rows.names]
    if not stop or not any(kinds):
        return stop, {}
    places = rows.places(kinds)
    asked = {due.id: (due, row) for one in courses for due, row in _asked(one, rows, stop)} if len(places) else {}
    resolved = {one.row for course in courses for one in course.dealt}
    seen: dict[str, int] = {}
    for place in map(int, places[: places.searchsorted(stop)]):
        name, limit = str(rows.data.get(place, {}).get("due", "")), int(rows.limits[place])
        if place in resolved:
            continue
        due, row = asked.get(name, (None, 0))
        if due is None or rows.names[rows.kind[place]] == "resolved" or not due.deadline_at <= limit or place > row:
            return place, seen
        seen.setdefault(name, limit)
    return stop, seen


def _asked(one: Course, rows: Rows, stop: int) -> list[tuple[Due, int]]:
    """The dues about which staff are asked, and the event with which that ends."""
    if not (one.rule.alarm or one.rule.task):
        return []
    late = [
        (one.dues.of(number), int(one.rows[number]))
        for number in ended(one, stop, int(rows.limits[stop - 1])).late.tolist()
    ]
    return late + [(due, row) for due, row, _ in one.dealt]


def _after(compiled: Compiled, state: State, courses: Sequence[Course], rows: Rows, stop: int) -> State:
    """The state after the events: each expectation at the due whose turn it is, and time up to the last of them."""
    draft, limit = Draft(state), int(rows.limits[stop - 1])
    for one in courses:
        met = int(one.rows.searchsorted(stop))
        ends = [int(one.dues.target[met - 1])] if met else []
        ends += [due.target_at for due, _, _ in one.dealt if due.deadline_at <= limit]
        if not ends:
            continue
        track, opened = state.tracks[one.place], max(ends)
        fresh = Track(track.name, track.anchor, track.since, track.first, opened)
        draft.put(one.place, fresh, one.stuck, one.following(met, limit))
        if isinstance(one.rule.plan, EveryFromLast):
            open_ready(draft, one.rule, one.place, int(one.at[met - 1]))
    settle(draft, compiled.rules, limit)
    last = rows.last_event(stop)
    if last is not None:
        draft.last = rows.position(last)
    return draft.state()

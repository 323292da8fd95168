"""Days are added by a table of offsets; the calendar and the zone's own rules say the same."""

from datetime import datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from genklang.engine.time import HOUR, MINUTE, Zone, to_instant
from genklang.protocol.units import Duration

ZONES = {
    name: Zone(name)
    for name in ("Europe/Stockholm", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "America/New_York")
}
CHANGES = [  # days on which some of these clocks are changed
    to_instant(datetime.fromisoformat(f"{day}T00:00:00+00:00"))
    for day in ("2026-03-29", "2026-10-25", "2026-04-05", "2026-02-15", "2011-12-30", "2026-03-08", "2027-01-01")
]
near_a_change = st.builds(
    lambda day, step: day + step * 5 * MINUTE, st.sampled_from(CHANGES), st.integers(-3 * 288, 3 * 288)
)
anywhere = st.integers(0, 80 * 365 * 24 * 60).map(lambda minute: minute * MINUTE)


@given(st.sampled_from(sorted(ZONES)), st.lists(near_a_change | anywhere, max_size=8), st.sampled_from([1, 2, 14, 400]))
@settings(max_examples=60)
def test_days_are_added_by_the_wall_clock(name: str, instants: list[int], days: int) -> None:
    zone = ZONES[name]
    by_calendar = [
        zone.at(zone.local(instant).replace(tzinfo=None, fold=0) + timedelta(days=days)) for instant in instants
    ]
    assert [zone.add(instant, Duration(days=days)) for instant in instants] == by_calendar
    assert zone.add_to_all(np.array(instants, dtype=np.int64), Duration(days=days)).tolist() == by_calendar


@given(st.sampled_from(sorted(ZONES)), near_a_change | anywhere, st.integers(0, HOUR))
@settings(max_examples=60)
def test_an_instant_is_written_as_the_clock_shows_it(name: str, instant: int, more: int) -> None:
    zone, moment = ZONES[name], instant + more
    assert "T".join(zone.written(moment)) == zone.local(moment).isoformat(timespec="minutes")[:16]
    assert zone.add(moment, Duration(days=1), -1) == zone.at(
        zone.local(moment).replace(tzinfo=None, fold=0) - timedelta(days=1)
    )

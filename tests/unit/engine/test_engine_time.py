"""Local recurrences and calendar durations, on both nights of 2026 when Sweden changes the clock."""

from datetime import date, datetime

import pytest

from genklang.engine import Zone, format_instant, parse_instant
from genklang.engine.time import HOUR, MINUTE, DailyTimes
from genklang.protocol.types import ClockChange
from genklang.protocol.units import Duration

SWEDEN = Zone("Europe/Stockholm")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def slots(day: date, *times: str, gap: str = "later", overlap: str = "first", spacing: str | None = None) -> list[str]:
    change = ClockChange.model_validate({"gap": gap, "overlap": overlap, "spacing": spacing})
    return [format_instant(slot.target) for slot in DailyTimes(SWEDEN, times, change).on(day)]


def test_an_instant_is_read_and_written() -> None:
    assert format_instant(parse_instant("2026-03-29T08:05:00+02:00")) == "2026-03-29T06:05:00Z"
    assert format_instant(parse_instant("2026-03-29T06:05:00.25Z")) == "2026-03-29T06:05:00.250000Z"


@pytest.mark.parametrize("written", ["2026-03-29T08:05:00", "2026-03-29", "yesterday", ""])
def test_an_instant_without_offset_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        parse_instant(written)


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        ("later", ["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"]),
        ("skip", ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"]),
    ],
)
def test_half_past_one_two_and_three_in_spring(gap: str, expected: list[str]) -> None:
    assert slots(SPRING, "01:30", "02:30", "03:30", gap=gap) == expected


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [
        ("first", ["2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z"]),
        ("second", ["2026-10-24T23:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"]),
        ("both", ["2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"]),
    ],
)
def test_half_past_one_two_and_three_in_autumn(overlap: str, expected: list[str]) -> None:
    assert slots(AUTUMN, "01:30", "02:30", "03:30", overlap=overlap) == expected


def test_spacing_leaves_out_what_the_clock_brings_too_close() -> None:
    assert slots(SPRING, "01:30", "02:30", "03:30", spacing="45 min") == [
        "2026-03-29T00:30:00Z",
        "2026-03-29T01:30:00Z",
    ]


@pytest.mark.parametrize(
    ("start", "written", "expected"),
    [
        ("2026-01-31T09:00:00+01:00", "1 month", "2026-02-28T08:00:00Z"),
        ("2024-01-31T09:00:00+01:00", "1 month", "2024-02-29T08:00:00Z"),
        ("2026-02-28T09:00:00+01:00", "1 year", "2027-02-28T08:00:00Z"),
        ("2026-03-28T08:00:00+01:00", "1 day", "2026-03-29T06:00:00Z"),
        ("2026-03-28T08:00:00+01:00", "24 h", "2026-03-29T07:00:00Z"),
        ("2026-03-28T02:30:00+01:00", "1 day", "2026-03-29T01:00:00Z"),
        ("2026-10-24T02:30:00+02:00", "1 day", "2026-10-25T00:30:00Z"),
        ("2026-12-15T12:00:00+01:00", "3 months", "2027-03-15T11:00:00Z"),
    ],
)
def test_calendar_durations_go_by_the_wall_clock(start: str, written: str, expected: str) -> None:
    assert format_instant(SWEDEN.add(parse_instant(start), Duration.parse(written))) == expected


def test_going_back_is_going_forward_with_a_minus() -> None:
    start = parse_instant("2026-03-31T09:00:00+02:00")
    assert format_instant(SWEDEN.add(start, Duration(months=1), -1)) == "2026-02-28T08:00:00Z"
    assert SWEDEN.add(start, Duration(microseconds=HOUR), -1) == start - HOUR


def test_the_night_in_spring_is_eleven_hours() -> None:
    evening, morning = (SWEDEN.at(datetime.fromisoformat(wall)) for wall in ("2026-03-28T20:00", "2026-03-29T08:00"))
    assert morning - evening == 11 * HOUR


def test_every_instant_of_a_day_with_a_changed_clock_is_what_its_own_clock_shows() -> None:
    start = parse_instant("2026-10-25T00:00:00+02:00")
    for passed in range(0, 25 * 60, 7):
        instant = start + passed * MINUTE
        assert instant in SWEDEN.moments(SWEDEN.local(instant).replace(tzinfo=None, fold=0))


def test_slots_follow_each_other_across_days() -> None:
    daily = DailyTimes(SWEDEN, ("20:00", "08:00"), ClockChange.model_validate({}))
    position, seen = (parse_instant("2026-03-28T12:00:00+01:00"), ""), []
    for _ in range(3):
        slot = daily.after(position)
        assert slot is not None
        position = slot
        seen.append(slot.occurrence)
    assert seen == ["2026-03-28T20:00", "2026-03-29T08:00", "2026-03-29T20:00"]


def test_without_times_there_is_no_slot() -> None:
    assert DailyTimes(SWEDEN, (), ClockChange.model_validate({})).after((0, "")) is None


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(KeyError):
        Zone("Europe/Lindmala")

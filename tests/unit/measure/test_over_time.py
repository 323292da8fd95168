"""Groups followed over time: whose series they are, when each began, and that every design reads them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from genklang import evaluate
from genklang.engine import Event, Machine, parse_instant
from genklang.measure.over_time import panel_columns, panel_table
from genklang.measure.tables import Record, Tables
from genklang.protocol.types import Protocol
from tests.spec.engine.runner import protocol_from

HORIZON = parse_instant("2027-01-01T00:00:00Z")
MONTHS = range(1, 13)
STUDY = {
    "question": {"sv": "Hjälper det?", "en": "Does it help?"},
    "series": {
        "hours": {
            "sv": "Timmar",
            "en": "Hours",
            "of": "noted",
            "value": "avg(hours)",
            "change": "began",
            "better": "lower",
        }
    },
}


def protocol(design: str, **study: Any) -> Protocol:
    """Visits are noted in each team, and a team begins some month."""
    arms = {"early": {"sv": "Tidigt", "en": "Early"}, "late": {"sv": "Sent", "en": "Late"}}
    lot = {"randomise": {"after": "asked", "arms": arms, "cluster": "team"}} if design == "stepped_wedge" else {}
    return protocol_from(
        {
            "facts": {"team": {"type": "text"}},
            "stages": {"active": {}},
            "events": {
                "asked": {"by": "person"},
                "began": {"by": "person"},
                "noted": {"by": "person", "fields": {"hours": {"type": "number"}}},
            },
            **lot,
            "study": STUDY | {"design": design} | study,
        }
    )


def lives(declared: Protocol, starts: dict[str, int | None]) -> Tables:
    """One person in each team; hours are the team's own, rise by the month, and fall by 5 from the start on."""
    records = []
    for number, (team, start) in enumerate(starts.items()):
        events = [Event(f"{number}-0", "enrolled", moment(1, 1, 1), data={"team": team})]
        if declared.randomise:
            events.append(Event(f"{number}-asked", "asked", moment(1, 1, 2), by="person"))
            arm = {"arm": "early" if number % 2 else "late"}
            events.append(Event(f"{number}-arm", "allocated", moment(1, 1, 3), data=arm, by="system"))
        if start:
            events.append(Event(f"{number}-began", "began", moment(start, 1, 1), by="person"))
        for month in MONTHS:
            hours = 20 + number % 3 + 0.5 * month - (5 if start and month >= start else 0) + 0.1 * (month * number % 4)
            events.append(Event(f"{number}-{month}", "noted", moment(month, 15), data={"hours": hours}, by="person"))
        step = Machine(declared, zone="Europe/Stockholm").fold(str(number), events, until=HORIZON)
        assert not step.held, step.held
        records.append(Record(str(number), events, step.facts, step.state))
    return Tables(declared, records, zone="Europe/Stockholm", horizon=HORIZON)


def moment(month: int, day: int, hour: int = 8) -> int:
    return int(datetime(2026, month, day, hour, tzinfo=UTC).timestamp()) * 1_000_000


STAGGERED = {
    f"Team {name}": start for name, start in zip("ABCDEFGHIJ", (3, 4, 5, 6, 7, 8, None, None, None, None), strict=True)
}
ONE = {f"Team {name}": start for name, start in zip("ABCDEFGHIJ", (7, *[None] * 9), strict=True)}
WEDGE = {f"Team {name}": start for name, start in zip("ABCDEFGHIJ", (3, 3, 5, 5, 7, 7, 9, 9, 11, 11), strict=True)}


@pytest.mark.parametrize(
    ("design", "starts", "study"),
    [
        ("difference_in_differences", STAGGERED, {"groups": "team"}),
        ("synthetic_control", ONE, {"groups": "team"}),
        ("stepped_wedge", WEDGE, {}),
        ("difference_in_differences", STAGGERED, {}),
    ],
)
def test_every_design_of_groups_finds_what_was_put_in(
    design: str, starts: dict[str, int | None], study: dict[str, Any]
) -> None:
    declared = protocol(design, **study)
    table = panel_table(declared, lives(declared, starts), "hours").columns()
    table["first"] = ["" if first is None else first for first in table["first"]]
    finding = evaluate.evaluate_table(
        table, design=design, outcome="value", time="index", group="group", first="first", better="lower"
    )
    assert finding.estimate.value == pytest.approx(-5, abs=0.3)
    few_to_compare_with = design == "synthetic_control"  # nine others: no p below 0.1 can be had
    assert finding.verdict.value == ("uninformative" if few_to_compare_with else "better")


def test_a_group_begins_with_the_first_of_it_however_it_is_typed() -> None:
    declared = protocol("difference_in_differences", groups="team")
    made = panel_table(declared, lives(declared, {"Norr": 4, " norr": 9, "Syd": None}), "hours")
    assert set(zip(made.group, made.first, strict=True)) == {("norr", 3), ("syd", None)}
    assert len(made.value) == 2 * len(made.periods)


def test_the_clusters_that_were_drawn_are_the_groups() -> None:
    declared = protocol("stepped_wedge")
    columns = panel_columns(declared, lives(declared, {"Norr": 4, "Syd": 6}))
    assert sorted(set(columns["group"])) == ["norr", "syd"]
    assert columns["hours_began"][0] == "2026-04"

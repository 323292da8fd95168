"""Own values through an upgrade: kept, moved with what they stand for, or somebody must decide."""

from pathlib import Path
from typing import Any

import pytest

from genklang.protocol.changes import changes_between
from genklang.protocol.reading import read_protocol
from genklang.protocol.types import Protocol
from genklang.protocol.upgrading import keeping_back, merge_overlay

TEXT = (Path(__file__).parents[3] / "practices" / "umea-medicingivare" / "protocol.yaml").read_text(encoding="utf-8")
OWN = {"prices": {"visit": "250 SEK"}, "parameters": {"in_time": 0.9}, "channels": {"sms": "https://sms.example.se"}}


def version(*edits: tuple[str, str]) -> Protocol:
    text = TEXT
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return read_protocol(text, file="protocol.yaml")


def merged(*edits: tuple[str, str], own: dict[str, Any] | None = None) -> Any:
    return merge_overlay(OWN if own is None else own, old=version(), new=version(*edits))


def test_own_values_stand_where_the_practice_changes_something_else() -> None:
    result = merged(("within: 60 min", "within: 90 min"))
    assert result.overlay == OWN
    assert {value.fate for value in result.values} == {"kept"}


def test_own_values_stand_also_where_the_practice_changes_its_own() -> None:
    result = merged(("amount: 97.50 SEK", "amount: 120 SEK"))
    [price] = [value for value in result.values if value.section == "prices"]
    assert (price.fate, price.written, price.old, price.new) == ("kept", "250 SEK", "97.50 SEK", "120 SEK")
    assert result.overlay == OWN


def test_own_values_follow_what_has_a_new_name() -> None:
    result = merged(("    visit:\n", "    home_visit:\n"), ("price: visit", "price: home_visit"))
    assert result.overlay == {**OWN, "prices": {"home_visit": "250 SEK"}}
    assert not result.conflicts


def test_an_own_value_for_what_is_gone_is_a_conflict_and_is_not_lost() -> None:
    price = TEXT[TEXT.index("    visit:\n") : TEXT.index("    rent:\n")]
    line = next(line for line in TEXT.splitlines(keepends=True) if line.startswith("    visits: "))
    result = merged((price, ""), (line, ""))
    [conflict] = result.conflicts
    assert (conflict.was, conflict.written, conflict.new) == ("visit", "250 SEK", None)
    assert result.overlay == OWN


def test_a_value_that_is_only_the_practices_own_follows_it() -> None:
    own = {"prices": {"visit": "97.5 SEK", "rent": "2000 SEK"}}
    result = merged(("amount: 97.50 SEK", "amount: 120 SEK"), own=own)
    assert result.overlay == {"prices": {"visit": "120 SEK", "rent": "2000 SEK"}}
    assert [value.fate for value in result.values] == ["followed", "kept"]


def test_without_own_values_there_is_nothing_to_merge() -> None:
    result = merged(("amount: 97.50 SEK", "amount: 120 SEK"), own={})
    assert (result.overlay, result.values) == ({}, ())


@pytest.mark.parametrize(
    ("edit", "stays"),
    [
        (("en: Phone the patient.", "en: Call."), False),
        (("amount: 97.50 SEK", "amount: 120 SEK"), False),
        (("by: [device, nurse], during: active", "by: device, during: active"), False),
        (("during: [active, paused]}", "during: active}"), False),
        (("every: 14 days", "every: 7 days"), False),
        (("eligible: can_operate and physician_agrees", "eligible: can_operate"), False),
        (("within: 60 min", "within: 90 min"), True),
    ],
)
def test_only_what_would_mean_something_else_keeps_people_back(edit: tuple[str, str], stays: bool) -> None:
    changes = changes_between(version(), version(edit))
    assert changes
    assert bool(keeping_back(changes)) == stays


def test_own_numbers_of_places_stand_and_need_a_place_in_the_new_version() -> None:
    text = (Path(__file__).parents[3] / "practices" / "sormland-varnas" / "protocol.yaml").read_text(encoding="utf-8")
    old = read_protocol(text, file="protocol.yaml")
    more = read_protocol(text.replace("capacity: 26", "capacity: 30"), file="protocol.yaml")
    none = old.model_copy(update={"places": {}})
    own = {"places": {"bed": {"capacity": 3}}}
    assert merge_overlay(own, old=old, new=more).overlay == own
    assert [value.was for value in merge_overlay(own, old=old, new=none).conflicts] == ["bed"]

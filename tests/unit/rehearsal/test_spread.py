"""A rehearsal in parts is the same to the byte, with arms drawn or not, however it is split."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from genklang.protocol.reading import read_protocol
from genklang.rehearsal.running import Rehearsal, rehearse
from genklang.rehearsal.spread import Done, Part

PRACTICES = Path(__file__).parents[3] / "practices"


def backwards(run: Callable[[Part], Done], parts: Sequence[Part]) -> Iterable[Done]:
    """The last part first, as a cluster may well answer."""
    return [run(part) for part in reversed(parts)]


def rehearsed(practice: str, **how: object) -> Rehearsal:
    text = (PRACTICES / practice / "protocol.yaml").read_text(encoding="utf-8")
    protocol = read_protocol(text, file=practice)
    return rehearse(protocol, enrolments=13, years=0.3, seed=5, zone="Europe/Stockholm", **how)  # type: ignore[arg-type]


def written(rehearsal: Rehearsal) -> list[str]:
    return [json.dumps(line, sort_keys=True) for line in rehearsal.event_lines()]


@pytest.mark.parametrize("practice", ["umea-medicingivare", "eskilstuna-hemrehab"])
@pytest.mark.parametrize("parts", [1, 2, 5, 40])
def test_parts_come_to_the_same(practice: str, parts: int) -> None:
    whole, split = rehearsed(practice), rehearsed(practice, spread=backwards, parts=parts)
    assert written(split) == written(whole)
    assert split.outcomes == whole.outcomes
    assert split.effects == whole.effects


def test_arms_were_drawn() -> None:
    lines = written(rehearsed("eskilstuna-hemrehab", spread=backwards, parts=3))
    assert any('"allocated"' in line for line in lines)


def test_those_who_share_places_are_not_split() -> None:
    def never(run: object, parts: object) -> Iterable[Done]:
        raise AssertionError

    assert written(rehearsed("sormland-varnas", spread=never, parts=3)) == written(rehearsed("sormland-varnas"))

"""The stories that ship with the practices, told to the database: they end there as `genklang check` says they do.

Left out are those that only the check can tell: whose lot is given, what is refused at the door, dues called by name.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from genklang.protocol.reading import read_protocol
from genklang.rehearsal.cases import Case, PlacedCase, read_cases, run
from tests.spec.operate.test_database_stories import DatabaseDriver, replayed

PRACTICES = sorted((Path(__file__).parents[3] / "practices").glob("*/tests.yaml"))
ABOUT_DUES = {"acknowledged", "resolved", "waived"}
pytestmark = pytest.mark.django_db


def stories(file: Path) -> list[PlacedCase]:
    protocol = read_protocol((file.parent / "protocol.yaml").read_text(encoding="utf-8"), file="protocol.yaml")
    return read_cases(file.read_text(encoding="utf-8"), file=str(file), protocol=protocol)


def tellable(story: PlacedCase) -> bool:
    kinds = {line.event.kind for line in story.case.lines if line.event}
    return story.lot is None and set(story.entrances) == {"accepted"} and not kinds & ABOUT_DUES


def to_the_database(story: PlacedCase) -> Case:
    """Reminders are the outbox's matter, and indicators are measured elsewhere."""
    return replace(story.case, then={name: told for name, told in story.case.then.items() if name != "reminders"})


CASES = {f"{file.parent.name}: {one.case.name}": one for file in PRACTICES for one in stories(file) if tellable(one)}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_in_the_database_as_the_practice_tells(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    driver, case = DatabaseDriver(monkeypatch), to_the_database(CASES[name])
    case.check(run(case, driver))
    replayed(driver)


def test_enough_stories_can_be_told_to_the_database() -> None:
    assert len(CASES) >= 15

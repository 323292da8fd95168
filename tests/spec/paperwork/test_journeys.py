"""A journey: told and logged laid side by side, waits counted, and a banner as long as its steps need."""

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from genklang.documents.banner import Paper, banner_pdf
from genklang.documents.journey import LONGEST_PAGE, Journey, Step, journey, pages
from tests.spec.paperwork.test_printing import root_of, tags

LANES = {"income": "Försörjningsstöd", "adult": "Vuxenenheten"}
DAY = date(2026, 5, 4)
CM = 72 / 2.54


def told(day: int, lane: str, text: str = "Ringde", feeling: int = 0, repeated: int = 0) -> Step:
    return Step(text, lane, DAY + timedelta(days=day), feeling, repeated)


def test_a_told_and_a_logged_step_of_one_lane_and_day_are_one() -> None:
    found = journey(
        [told(0, "income"), told(9, "adult", repeated=7)],
        [Step("Kontakt", "income", DAY), Step("Kontakt", "adult", DAY)],
        LANES,
    )
    assert [(step.text, step.told, step.logged) for step in found.steps] == [
        ("Ringde", True, True),
        ("Kontakt", False, True),
        ("Ringde", True, False),
    ]
    assert [step.wait for step in found.steps] == [0, 0, 9]
    assert (found.days, found.longest_wait, found.repeated) == (9, 9, 7)
    assert len(found.where(told=True, logged=False)) == 1


def test_a_step_told_twice_is_two_and_is_met_by_as_many_in_the_log() -> None:
    found = journey([told(0, "income"), told(0, "income")], [Step("Kontakt", "income", DAY)] * 3, LANES)
    assert [(step.told, step.logged) for step in found.steps] == [(True, True), (True, True), (False, True)]


def test_lanes_stand_in_the_order_in_which_they_are_met() -> None:
    found = journey([told(3, "adult"), told(1, "income"), told(5, "neighbour")], [], LANES)
    assert list(found.lanes.values()) == ["Försörjningsstöd", "Vuxenenheten", "neighbour"]


def test_no_steps_are_no_journey() -> None:
    assert journey([], [], LANES) == Journey((), {})


@pytest.mark.parametrize(
    ("steps", "width", "sheets"), [(0, 24, [1]), (19, 24, [19]), (25, 24, [19, 6]), (3, 600, [1] * 3)]
)
def test_a_banner_goes_on_on_the_next_sheet(steps: int, width: float, sheets: list[int]) -> None:
    assert pages(steps, step=width, margin=28) == sheets


def banner(steps: int, paper: Paper) -> PdfReader:
    found = journey([told(n, "income", f"Steg {n}", feeling=n % 5 - 2) for n in range(steps)], [], LANES)
    made = banner_pdf(found, paper, title="Vägen genom huset", summary="", footer="Borlänge", language="sv")
    return PdfReader(io.BytesIO(made))


@pytest.mark.parametrize("height", [30, 60])
def test_a_banner_is_of_its_height_and_as_long_as_its_steps(height: float) -> None:
    reader = banner(8, Paper(height, 24))
    (page,) = reader.pages
    assert float(page.mediabox.height) / CM == pytest.approx(height, abs=0.01)
    assert float(page.mediabox.width) / CM == pytest.approx(8 * 24 + 18 * height / 60, abs=0.01)
    assert root_of(reader)["/Lang"] == "sv" and {"/H1", "/H2"} <= tags(reader)
    text = page.extract_text()
    assert all(f"Steg {n}" in text for n in range(8)) and "Försörjningsstöd" in text


def test_forty_metres_can_be_printed() -> None:
    widths = [float(page.mediabox.width) / CM for page in banner(100, Paper(60, 40)).pages]
    assert sum(widths) > 4000 and max(widths) <= LONGEST_PAGE

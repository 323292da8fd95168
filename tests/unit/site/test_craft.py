"""What the house promises about its pages' weight, colours and parts."""

import re
from pathlib import Path

import pytest

import genklang.site
from genklang.site import chart_page, showcase
from genklang.site.examples import example

SITE = Path(genklang.site.__file__).parent
CSS = (SITE / "static/site/site.css").read_text()
ROOMS = SITE.parent
LIGHT, DARK = (
    dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{3,6});", block))
    for block in re.findall(r":root \{(.*?)\}", CSS, re.S)[:2]
)
#          text, ground, least contrast
PAIRS = [
    ("--ink", "--paper", 7),
    ("--soft", "--paper", 4.5),
    ("--soft", "--sheet", 4.5),
    ("--accent", "--paper", 4.5),
    ("--on-accent", "--accent", 4.5),
    ("--alarm", "--alarm-wash", 4.5),
    ("--good", "--good-wash", 4.5),
    ("--ink", "--glow-wash", 7),
    ("--edge", "--sheet", 3),
    ("--glow", "--paper", 3),
]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    full = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_can_be_told_apart(scheme: dict[str, str], text: str, ground: str, least: float) -> None:
    assert contrast(scheme[text], scheme[ground]) >= least


def test_the_style_sheet_and_the_script_are_light() -> None:
    sheets = [sheet.stat().st_size for sheet in ROOMS.rglob("static/**/*.css")]
    assert len(CSS.encode()) <= 20 * 1024
    assert sum(sheets) <= 27 * 1024
    assert (SITE / "static/site/site.js").stat().st_size <= 5 * 1024


def test_a_chart_is_drawn_in_the_colours_of_the_page() -> None:
    drawn = chart_page.shown(example()["charts"][1])
    assert "var(--accent)" in drawn["wide"] and "var(--glow)" in drawn["narrow"]
    assert not [colour for colour in chart_page.COLOURS if f'"{colour}"' in drawn["wide"] + drawn["narrow"]]
    assert set(re.findall(r"--\w+", " ".join(chart_page.COLOURS.values()))) <= set(LIGHT) & set(DARK)


def test_every_component_has_a_usage_note_and_an_example() -> None:
    shown = showcase.components()
    assert len(shown) >= 20
    assert [component.name for component in shown if not component.usage] == []


@pytest.mark.parametrize("template", sorted(ROOMS.rglob("templates/**/*.html")), ids=lambda path: path.name)
def test_no_template_holds_inline_style_or_script(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)

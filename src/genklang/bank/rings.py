"""The picture of a practice: a drop where it began, one for each who has taken an interest, and the rings they make.

The same practice always gets the same picture; nothing in it is chance. It is drawn in the page's own colours.
"""

import hashlib
from dataclasses import dataclass

WIDTH, HEIGHT = 400, 160
MOST_DROPS = 4
TONES = {
    "elder_care": "glow",
    "home_health_care": "blue",
    "disability": "plum",
    "economic_assistance": "spruce",
    "children_and_families": "plum",
    "work_and_education": "blue",
    "addiction": "glow",
    "housing": "spruce",
    "crime": "blue",
    "neighbourhood": "spruce",
}


@dataclass(frozen=True)
class Drop:
    """Where a drop falls, how large it is, and the radii of its rings, all in units of the drawing."""

    x: int
    y: int
    seed: int
    rings: tuple[int, ...]


@dataclass(frozen=True)
class Picture:
    """The drops of one practice, and the tone that its first area has."""

    tone: str
    drops: tuple[Drop, ...]


def picture(slug: str, *, areas: list[str], taken_up: int) -> Picture:
    """The picture of the practice with that short name; `taken_up` is how many have been told of."""
    drops = [_drop(slug, number) for number in range(1 + min(taken_up, MOST_DROPS - 1))]
    return Picture(TONES.get(areas[0], "spruce") if areas else "spruce", tuple(drops))


def _drop(slug: str, number: int) -> Drop:
    """The first is the largest and falls to the right; the others fall where the short name says."""
    a, b, c, d = hashlib.sha256(f"{slug}/{number}".encode()).digest()[:4]
    if number == 0:
        step = 15 + c % 9
        return Drop(310 + a % 60, 45 + b % 70, 7, tuple(step * n for n in range(1, 8)))
    step = 11 + c % 6
    return Drop(215 + (a * 2 + number * 97) % 170, 15 + b % 130, 4, tuple(step * n for n in range(1, 3 + d % 3)))

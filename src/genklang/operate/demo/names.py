"""Names of people who do not exist: names.txt holds first names, and the two halves of surnames."""

import random
from importlib import resources


def invented_names(count: int, *, seed: int) -> list[str]:
    """So many different names, the same for the same seed."""
    text = resources.files(__package__).joinpath("names.txt").read_text(encoding="utf-8")
    first, before, after = (part.split() for part in text.split("\n\n"))
    rng = random.Random(f"names/{seed}")
    names: dict[str, None] = {}
    while len(names) < count:
        names[f"{rng.choice(first)} {rng.choice(before)}{rng.choice(after)}"] = None
    return list(names)

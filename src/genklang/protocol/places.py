"""Paths into a protocol, said in words: ("events", "ended", "fields", "reason") is event "ended", field "reason"."""

from genklang.protocol.document import Path

SINGULAR = {
    "roles": "role",
    "facts": "fact",
    "stages": "stage",
    "events": "event",
    "fields": "field",
    "options": "option",
    "expectations": "expectation",
    "indicators": "indicator",
    "prices": "price",
    "lines": "line",
    "outcomes": "outcome",
    "series": "series",
    "arms": "arm",
    "parameters": "parameter",
    "behaviour": "behaviour",
    "tiles": "tile",
    "proposals": "proposal",
    "columns": "column",
    "tables": "table",
    "signals": "signal",
    "draws": "draw",
    "places": "place",
    "members": "member",
    "ledgers": "ledger",
    "accounts": "account",
}


def in_words(path: Path) -> str:
    """Return where a path leads, for people: sections by their own names, list items by number from 1."""
    words: list[str] = []
    steps = iter(path)
    for step in steps:
        name = next(steps, None) if step in SINGULAR else None
        if isinstance(name, str):
            words.append(f'{SINGULAR[str(step)]} "{name}"')
        elif isinstance(step, int):
            words.append(f"number {step + 1}")
        else:
            words.append(str(step))
    return ", ".join(words)

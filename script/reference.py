"""Writes the reference of what practices are written in, from the types themselves: docs/reference/language.md,
tests.md, results.md, changes.md and protocol.schema.json.

The prose stands in language.md, tests.md, results.md and changes.md beside this file; tables, examples and the example
practice are put into them.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from tests.spec.expressions.corpus import MANY_ROWS, ONE_ROW

from genklang.bank.results import Results
from genklang.bank.vocabulary import vocabulary
from genklang.cli import COMMANDS
from genklang.protocol import scopes
from genklang.protocol.expressions.functions import FUNCTIONS
from genklang.protocol.parts import Labelled, Worded
from genklang.protocol.rules import RULES
from genklang.protocol.together import Shows
from genklang.protocol.types import Protocol
from genklang.protocol.units import DurationField, MoneyField
from genklang.protocol.written import DailyAt, Expr, Moves, Name, Names, Slug, Version
from genklang.rehearsal.cases.written import CaseFile

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
WORDS = [
    (Name, "name"),
    (Slug, "id"),
    (Version, "version"),
    (Expr, "[expression](#expressions)"),
    (Names, "name, or list of names"),
    (DailyAt, "name, or list of times of day"),
    (Moves, "pair of names, or list of pairs"),
    (Shows, "[shown](#shown), or a list of them"),
    (DurationField, "duration"),
    (MoneyField, "money"),
    (list[list[Any]], "list of lines"),
    (str, "text"),
    (bool, "`true` or `false`"),
    (int, "whole number"),
    (float, "number"),
]
GROUPS = {
    "scalar": "Of one row",
    "aggregate": "Of many rows",
    "random": "At random (in a rehearsal only)",
    "table": "From a table (in a proposal only)",
}
EXAMPLES_A_GROUP = 8
COMMANDS_BEGIN = """# Commands

Written by `script/reference` from the commands' own help. Every command has `--json`, for scripts. It ends with 0 when
all is well, 1 when what it was given is wrong (what, where, and what to write: on standard error), 2 when it was called
wrongly, and 3 for a fault of the program."""


def main() -> int:
    """Write the files; with --check, compare them and say which is stale."""
    stale = [path for path, text in files().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(ROOT)}: stale. Run script/reference.", file=sys.stderr)
        return 1 if stale else 0
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    return 0


def files() -> dict[Path, str]:
    """Return what the generated files should hold."""
    return {
        REFERENCE / "language.md": language(),
        REFERENCE / "protocol.schema.json": schema(),
        REFERENCE / "tests.md": tests(),
        REFERENCE / "results.md": results(),
        REFERENCE / "command-line.md": commands(),
        REFERENCE / "changes.md": changes(),
    }


def commands() -> str:
    """Return what each command says of itself."""
    subparsers = argparse.ArgumentParser().add_subparsers()
    for name in COMMANDS:
        importlib.import_module(f"genklang.cli.{name}").register(subparsers)
    return "\n\n".join([COMMANDS_BEGIN, *(command(name, parser) for name, parser in subparsers.choices.items())]) + "\n"


def command(name: str, parser: argparse.ArgumentParser) -> str:
    """Return one command's description, and its arguments as a table."""
    rows = [f"| `{argument(action)}` | {action.help or ''} |" for action in parser._actions if action.dest != "help"]
    text = [f"## genklang {name}", parser.description or "", "\n".join(["| | |", "| --- | --- |", *rows])]
    return "\n\n".join([*text, parser.epilog] if parser.epilog else text)


def argument(action: argparse.Action) -> str:
    """Return how an argument is written."""
    metavar = action.metavar if isinstance(action.metavar, str) else None
    choices = ",".join(str(one) for one in action.choices) if action.choices else None
    value = metavar or choices or action.dest.upper()
    if not action.option_strings:
        return value
    takes = "" if action.nargs == 0 else f" {value}"
    return ", ".join(action.option_strings) + takes


def schema() -> str:
    """Return the JSON Schema of protocol.yaml."""
    made = Protocol.model_json_schema(by_alias=True)
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def language() -> str:
    """Return the reference of the language."""
    text = (ROOT / "script" / "language.md").read_text(encoding="utf-8")
    parts = {
        "example": (ROOT / "script" / "example.yaml").read_text(encoding="utf-8").rstrip(),
        "pieces": (ROOT / "script" / "pieces.md").read_text(encoding="utf-8").rstrip(),
        "built_in": ", ".join(f"`{name}`" for name in sorted(scopes.BUILT_IN_EVENTS)),
        "parts": "\n\n".join(part(model) for model in models(Protocol)),
        "functions": "\n\n".join(functions(group, title) for group, title in GROUPS.items()),
        "scopes": named(),
        "reserved": ", ".join(f"`{name}`" for name in sorted(scopes.RESERVED)),
        "cases": "\n\n".join(examples()),
    }
    for name, made in parts.items():
        text = text.replace(f"{{{name}}}", made)
    notice = "<!-- Generated by script/reference. Change script/language.md or the types instead. -->\n\n"
    return notice + text


def tests() -> str:
    """Return the reference of tests.yaml."""
    text = (ROOT / "script" / "tests.md").read_text(encoding="utf-8")
    notice = "<!-- Generated by script/reference. Change script/tests.md or the types instead. -->\n\n"
    return notice + text.replace("{parts}", "\n\n".join(part(model) for model in models(CaseFile)))


def results() -> str:
    """Return the reference of results.yaml."""
    words = [
        "\n".join(
            [
                f"**`{kind}`**",
                "",
                "| word | what it is |",
                "| --- | --- |",
                *(f"| `{name}` | {said.en} |" for name, said in known.items()),
            ]
        )
        for kind, known in vocabulary().items()
    ]
    text = (ROOT / "script" / "results.md").read_text(encoding="utf-8")
    notice = "<!-- Generated by script/reference. Change script/results.md or the types instead. -->\n\n"
    parts = "\n\n".join(part(model) for model in models(Results))
    return notice + text.replace("{parts}", parts).replace("{words}", "\n\n".join(words))


def changes() -> str:
    """Return the reference of what a change means."""
    rows = ["| where | what | impact | why |", "| --- | --- | --- | --- |"]
    for rule in RULES:
        where = ", ".join(f"`{at}`" for at in rule.at)
        actions = "any change" if len(rule.actions) == 4 else ", ".join(rule.actions)
        what = f"{actions}, {rule.only.words}" if rule.only else actions
        rows.append(f"| {where} | {what} | {rule.impact.replace('_', '-')} | {rule.why} |")
    text = (ROOT / "script" / "changes.md").read_text(encoding="utf-8")
    notice = "<!-- Generated by script/reference. Change script/changes.md or the rules instead. -->\n\n"
    return notice + text.replace("{rules}", "\n".join(rows))


def models(model: type[BaseModel], seen: set[type[BaseModel]] | None = None) -> Iterator[type[BaseModel]]:
    """Yield a part and the parts in it, each once, in the order in which they come."""
    seen = set() if seen is None else seen
    if model in seen:
        return
    seen.add(model)
    yield model
    for hint in get_type_hints(model).values():
        for inner in inside(hint):
            yield from models(inner, seen)


def inside(hint: Any) -> Iterator[type[BaseModel]]:
    """Yield the parts that a type mentions."""
    if isinstance(hint, type) and not get_args(hint):
        if issubclass(hint, BaseModel):
            yield hint
        return
    for arg in get_args(hint):
        yield from inside(arg)


def part(model: type[BaseModel]) -> str:
    """Return a part's heading, what it is, and a table of its keys."""
    hints = get_type_hints(model, include_extras=True)
    rows = ["| key | what to write | meaning |", "| --- | --- | --- |"]
    called = list(Worded.model_fields) if issubclass(model, Labelled) else []
    if called:
        rows.append("| **`sv`**, **`en`** | text | What it is called, or asks; `other: {ar: …}` for more languages. |")
    for name, field in model.model_fields.items():
        if name in called:
            continue
        key = f"`{field.alias or name}`"
        meaning = " ".join(word for word in (field.description, default(field.default)) if word)
        rows.append(f"| {f'**{key}**' if field.is_required() else key} | {written(hints[name])} | {meaning} |")
    about = " ".join((model.__doc__ or "").split())
    return f"### {heading(model)}\n\n{about}\n\n" + "\n".join(rows)


def heading(model: type[BaseModel]) -> str:
    """Return a part's name in words."""
    name = model.__name__
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return spaced.capitalize()


def default(value: Any) -> str:
    """Say what holds where nothing is written, if that tells anything."""
    if isinstance(value, bool | int | float | str) and value is not False:
        return f"Left out: `{str(value).lower() if isinstance(value, bool) else value}`."
    return ""


def written(hint: Any) -> str:
    """Say in words what a type looks like in YAML."""
    for kind, words in WORDS:
        if hint == kind:
            return words
    args = [arg for arg in get_args(hint) if arg is not type(None)]
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(written(arg) for arg in args)
    if get_origin(hint) is Literal:
        return " or ".join(f"`{arg}`" for arg in args)
    if get_origin(hint) is dict:
        return f"names, each with {written(args[1])}"
    if get_origin(hint) is list:
        return f"list of {written(args[0])}".replace("name", "names").replace("number", "numbers")
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return f"[{heading(hint).lower()}](#{heading(hint).lower().replace(' ', '-')})"
    return written(get_args(hint)[0])


def functions(group: str, title: str) -> str:
    """Return the table of a group's functions."""
    chosen = [function for function in FUNCTIONS.values() if function.group == group]
    rows = [f"| `{function.example}` | {function.meaning} |" for function in chosen]
    return "\n".join([f"**{title}**", "", "| for example | what it gives |", "| --- | --- |", *rows])


def named() -> str:
    """Return the table of what each kind of expression may name."""
    rows = {
        "`eligible`": "facts",
        "an event's `when`": "its fields, facts, `stage`, `arm`",
        "an expectation's `when`": "facts, `stage`, `arm`",
        "an expectation's `where`": "fields of the events that it expects, facts, `stage`, `arm`",
        "`value` of an expectation": f"{columns(scopes.OUTCOME_COLUMNS)}; facts",
        "`value` of an event": f"its fields; {columns(scopes.EVENT_COLUMNS)}; facts",
        "`value` of `enrolments`": f"{columns(scopes.ENROLMENT_COLUMNS)}; facts",
        "`value` of a signal": "fields of its events, `occurred_at`; in order of time for `first` and `last`",
        "`first` of a place": "facts",
        "`amount` of a posting": "fields of the event, and of the own events that it refers to",
        "`value` of a proposal's line": "facts, fields of the event that asks, earlier lines; `lookup`, `lookup_sum`",
        "`price` and `quantity` of a document": "facts, fields of the event",
        "`quantity` of the economy": f"indicators, {columns(scopes.ECONOMY_NAMES)}; `effect` of a randomised study",
        "in a rehearsal": f"facts, parameters, `stage`, `arm`, {columns(scopes.BEHAVIOUR_NAMES)}",
    }
    return "\n".join(
        ["| expression | names |", "| --- | --- |", *(f"| {one} | {names} |" for one, names in rows.items())]
    )


def columns(names: Any) -> str:
    """Return names in a row."""
    return ", ".join(f"`{name}`" for name in names)


def examples() -> Iterator[str]:
    """Yield a table of examples for each group of the corpus."""
    for group, cases in (*ONE_ROW.items(), *((f"many rows: {name}", cases) for name, cases in MANY_ROWS.items())):
        rows = [
            f"| `{text.replace('|', chr(92) + '|')}` | {shown(value)} |" for text, value in cases[:EXAMPLES_A_GROUP]
        ]
        yield "\n".join([f"| {group} | |", "| --- | --- |", *rows])


def shown(value: Any) -> str:
    """Return a value as the reference shows it."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}'"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())

"""What pydantic found, in the house's words: each error becomes a Problem at the place where the mistake is written.

Serves every file whose form is a model: `root` is the protocol where nothing else is said.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from genklang.protocol.document import Document, Path
from genklang.protocol.places import in_words
from genklang.protocol.problems import Problem, closest, listed, quoted, suggestion
from genklang.protocol.types import Protocol

Error = Mapping[str, Any]
Root = type[BaseModel]

_PATTERNS = {
    r"^\d{4}(-\d{2}){0,2}$": (
        "is no day, month or year",
        'Write a year, a month or a day, for example "2020", "2020-07" or "2020-07-15".',
    ),
    r"^[a-z][a-z0-9_]*$": (
        "is no name",
        'Write small letters a–z, digits and _, beginning with a letter, for example "dose_taken".',
    ),
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": (
        "is no id",
        'Write small letters a–z, digits and hyphens, for example "umea-medicingivare".',
    ),
    r"^\d+\.\d+\.\d+$": ("is no version", 'Write three numbers, for example "1.0.0".'),
    r"^([01]\d|2[0-3]):[0-5]\d$": ("is no time of day", 'Write hours and minutes, for example "08:00".'),
}
_KINDS = {
    "string_type": ("text", 'Write text; put it in quotes where it looks like a number or true, for example "2020".'),
    "bool_type": ("true or false", "Write true or false."),
    "bool_parsing": ("true or false", "Write true or false."),
    "int_type": ("a whole number", "Write a whole number, for example 4."),
    "int_parsing": ("a whole number", "Write a whole number, for example 4."),
    "int_from_float": ("a whole number", "Write a whole number, for example 4."),
    "float_type": ("a number", "Write a number, for example 0.99."),
    "float_parsing": ("a number", "Write a number, for example 0.99."),
    "finite_number": ("a number", "Write a number, for example 0.99."),
    "list_type": ("a list", "Write a list, for example [one, another]."),
    "tuple_type": ("a pair", "Write two stages, from and to, for example [waiting, active]."),
    "dict_type": ("a mapping of names", "Write names and what belongs to each on lines below, indented by two spaces."),
    "model_type": ("a mapping", "Write what belongs to it on lines below, indented by two spaces, or in { }."),
}
_BOUNDS = {
    "greater_than_equal": "at least",
    "greater_than": "more than",
    "less_than_equal": "at most",
    "less_than": "less than",
}


def problems_of(errors: Iterable[Error], document: Document, *, root: Root = Protocol) -> list[Problem]:
    """Return a Problem for each of pydantic's errors; several about one value (a union's branches) become one."""
    found: dict[Path, Problem] = {}
    placed = [(_path(error, document.data), error) for error in errors]
    misspelt = {_meant(path, root) for path, error in placed if error["type"] == "extra_forbidden"}
    for path, error in placed:
        if error["type"] != "missing" or path not in misspelt:
            found.setdefault(path, _problem(error, path, document, root))
    return list(found.values())


def _meant(path: Path, root: Root) -> Path:
    """Return the path that a misspelt key was probably meant to be: then that key is not missing as well."""
    return (*path[:-1], closest(str(path[-1]), _keys(path[:-1], root)) or "")


def _keys(path: Path, root: Root) -> list[str]:
    return [field.alias or key for key, field in _fields(path, root).items()]


def _path(error: Error, data: Any) -> Path:
    """Follow pydantic's location through what was written, leaving out the steps that validation itself put in."""
    path: list[str | int] = []
    steps = list(error["loc"])
    for number, step in enumerate(steps):
        if isinstance(data, Mapping) and step in data:
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            if isinstance(data[step], str) and isinstance(next(iter(steps[number + 1 :]), None), int):
                continue
            data = data[step]
        elif error["type"] != "missing" or number + 1 < len(steps):
            continue
        path.append(step)
    return tuple(path)


def _problem(error: Error, path: Path, document: Document, root: Root) -> Problem:
    kind, written = str(error["type"]), error.get("input")
    at_key = kind == "extra_forbidden" or "[key]" in error["loc"]
    place = document.position(path[:-1] if kind == "missing" else path, key=at_key or kind == "missing")
    where = path[:-1] if kind in ("missing", "extra_forbidden") else path
    what, instead = _words(error, path, root)
    return Problem(
        document.file, place.line, place.column, in_words(where), what, _written(written, path, kind), instead
    )


def _written(value: Any, path: Path, kind: str) -> str:
    if kind == "missing":
        return ""
    if kind == "extra_forbidden":
        return str(path[-1])
    return "" if isinstance(value, dict | list) else _as_yaml(value)


def _as_yaml(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(error: Error, path: Path, root: Root) -> tuple[str, str]:
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "missing" and isinstance(path[-1], int):
        return "One name is no pair", _KINDS["tuple_type"][1]
    if kind == "missing":
        return f'"{path[-1]}" is missing', _how_to_write(path, root)
    if kind == "extra_forbidden":
        return _unknown_key(path, root)
    if error.get("input") is None and kind != "value_error":
        return "Nothing is written here", _KINDS.get(kind, ("", "Write a value, or leave the line out."))[1]
    written = "What is written" if isinstance(error["input"], dict | list) else quoted(_as_yaml(error["input"]))
    if kind == "value_error":
        what, _, instead = str(context["error"]).partition(". ")
        return f"{written} {what}", instead.rstrip(".") + "."
    if kind == "string_pattern_mismatch":
        what, instead = _PATTERNS[context["pattern"]]
        return f"{written} {what}", instead
    if kind == "literal_error":
        options = _options(str(context["expected"]))
        return f"{written} is none of the possible words", suggestion(_as_yaml(error["input"]), options, nothing="")
    if kind in _BOUNDS:
        bound = next(value for name, value in context.items() if name in ("ge", "gt", "le", "lt"))
        return f"{written} is out of range", f"Write a number that is {_BOUNDS[kind]} {bound:g}."
    return _size_or_kind(kind, written, context)


def _size_or_kind(kind: str, written: str, context: Mapping[str, Any]) -> tuple[str, str]:
    if kind == "string_too_short":
        return "The text is empty", "Write at least one word."
    if kind == "string_too_long":
        return f"{written} is too long", f"Write at most {context['max_length']} characters."
    if kind == "too_short":
        count = context["min_length"]
        return f"There are too few here ({context['actual_length']})", f"Write at least {count}."
    if kind == "too_long":
        return f"There are too many here ({context['actual_length']})", f"Write at most {context['max_length']}."
    if kind in _KINDS:
        wanted, instead = _KINDS[kind]
        return f"{written} is not {wanted}", instead
    return f"{written} cannot be used here", "See the language reference."


def _options(expected: str) -> list[str]:
    return re.findall(r"'([^']*)'", expected) or re.findall(r"\d+", expected)


def _unknown_key(path: Path, root: Root) -> tuple[str, str]:
    name = str(path[-1])
    known = _keys(path[:-1], root)
    closest_or_all = suggestion(name, known, nothing="Leave it out.") if len(known) <= 12 else _suggest(name, known)
    return f"{quoted(name)} is not a word of the language here", closest_or_all


def _suggest(name: str, known: list[str]) -> str:
    alike = suggestion(name, known, nothing="")
    return alike if alike.startswith("Did") else f"The possible ones are {listed(known, most=40)}."


def _how_to_write(path: Path, root: Root) -> str:
    field = next((item for key, item in _fields(path[:-1], root).items() if (item.alias or key) == path[-1]), None)
    meaning = (field.description or "") if field else ""
    return f"Add it: {meaning}" if meaning else f'Add a line "{path[-1]}: …".'


def _fields(path: Path, root: Root) -> Mapping[str, FieldInfo]:
    """Return the fields of the part that a path leads to, walking the types beside the path."""
    here: Any = root
    for step in path:
        here = _step(here, step)
    model = _model(here)
    return model.model_fields if model else {}


def _step(annotation: Any, step: str | int) -> Any:
    model = _model(annotation)
    if model is not None:
        by_name = {field.alias or key: field.annotation for key, field in model.model_fields.items()}
        return by_name.get(str(step))
    inner = [part for part in _parts(annotation) if get_args(part)]
    return get_args(inner[0])[-1] if inner else None


def _model(annotation: Any) -> type[BaseModel] | None:
    models = (part for part in _parts(annotation) if isinstance(part, type) and not get_args(part))
    return next((part for part in models if issubclass(part, BaseModel)), None)


def _parts(annotation: Any) -> list[Any]:
    """Return the members of a union, looking through Annotated; else the annotation alone."""
    if hasattr(annotation, "__metadata__"):
        return _parts(get_args(annotation)[0])
    if get_args(annotation) and not isinstance(annotation, type) and getattr(annotation, "__origin__", None) is None:
        return [member for part in get_args(annotation) for member in _parts(part)]
    return [annotation]

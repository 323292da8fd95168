"""How single values are written: names, ids, times, expressions, and lists that may be written as one value.

What an author may write in a shorter way is made whole here, before it is validated.
"""

from typing import Annotated

from pydantic import BeforeValidator, Discriminator, StringConstraints, Tag

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]
Version = Annotated[
    str,
    StringConstraints(pattern=r"^\d+\.\d+\.\d+$"),
    BeforeValidator(lambda value: str(value) if isinstance(value, int | float) else value, json_schema_input_type=str),
]
LocalTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Expr = Annotated[
    str,
    BeforeValidator(
        lambda value: value if not isinstance(value, bool | int | float) else str(value).lower(),
        json_schema_input_type=str | bool | float,
    ),
]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[Name], BeforeValidator(_as_list, json_schema_input_type=Name | list[Name])]
DailyAt = Annotated[
    Annotated[Name, Tag("fact")] | Annotated[list[LocalTime], Tag("times")],
    Discriminator(lambda value: "times" if isinstance(value, list) else "fact"),
    BeforeValidator(
        lambda value: [value] if isinstance(value, str) and ":" in value else value,
        json_schema_input_type=Name | LocalTime | list[LocalTime],
    ),
]

Move = tuple[Name, Name]


def _as_moves(value: object) -> object:
    return [value] if isinstance(value, list) and value and isinstance(value[0], str) else value


Moves = Annotated[list[Move], BeforeValidator(_as_moves, json_schema_input_type=Move | list[Move])]

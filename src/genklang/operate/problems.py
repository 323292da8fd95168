"""What is wrong with a row, an event or a file, in the form: where: what is wrong (what was written). What to write."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what, what was written and what to write instead, in the reader's language."""

    where: str
    what: str
    instead: str
    written: str = ""

    def __str__(self) -> str:
        written = f" (“{self.written}”)" if self.written else ""
        return f"{self.where}: {self.what}{written}. {self.instead}"


class Refused(Exception):
    """What was asked for cannot be done; `problems` say why. Nothing has been changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")  # no texts: they may hold what people wrote
        self.problems = tuple(problems)


def unknown_enrolment(key: str) -> Problem:
    """The same words whether it does not exist or is somebody else's."""
    return Problem(
        "enrolment",
        _("is not known here"),
        _("Write the number of an enrolment in this adoption, as it stands on the enrolment's page."),
        key,
    )


def not_a(where: str, what: str, *, example: str, written: object) -> Problem:
    """A value of the wrong kind; `what` is for example “is no instant”."""
    return Problem(where, what, _("Write for example %(example)s.") % {"example": example}, shorten(written))


def shorten(written: object, length: int = 60) -> str:
    """What was written, short enough to repeat."""
    text = str(written)
    return text if len(text) <= length else text[: length - 1] + "…"

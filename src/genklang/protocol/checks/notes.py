"""Where the checks write down what is wrong, each thing at the place where it stands."""

from collections.abc import Iterable

from genklang.protocol.document import Document, Path
from genklang.protocol.expressions import Expression, ExpressionError, Scope, Type, compile_expression
from genklang.protocol.places import in_words
from genklang.protocol.problems import Problem, quoted, suggestion
from genklang.protocol.types import Protocol

_AS_WANTED = {
    Type.BOOLEAN: "Write a condition, for example hours > 3.",
    Type.NUMBER: "Write a number, for example 0.5; a duration divided by minutes(1) is one.",
    Type.INTEGER: "Write a whole number, for example 3; round(x) makes one.",
    Type.TEXT: "Write a text in single quotes, for example 'yes'.",
    Type.DURATION: "Write a duration, for example minutes(5) or hours(uniform(1, 9)).",
    Type.TIMES: "Write times, for example times('08:00', '20:00').",
    Type.NUMBERS: "Write numbers, for example numbers(4, 9).",
    Type.DATE: "Write a date, for example date '2026-03-29'.",
    Type.INSTANT: "Write an instant, for example now() + days(2).",
}


class Notes:
    """Problems as they are found, and the questions that all checks ask."""

    def __init__(self, protocol: Protocol, document: Document) -> None:
        self.protocol = protocol
        self.document = document
        self.problems: list[Problem] = []

    def note(self, path: Path, what: str, instead: str, *, written: str = "", key: bool = False) -> None:
        """Note a mistake at a path; with `key`, at the name rather than at what it holds."""
        place = self.document.position(path, key=key)
        self.problems.append(
            Problem(self.document.file, place.line, place.column, in_words(path), what, written, instead)
        )

    def known(self, path: Path, name: str, names: Iterable[str], *, kind: str) -> bool:
        """Note a name that is none of those known; say whether it is."""
        known = list(names)
        if name in known:
            return True
        nothing = f"There is no {kind} yet: add it."
        self.note(path, f"{quoted(name)} is no {kind}", suggestion(name, known, nothing=nothing), written=name)
        return False

    def expression(
        self, path: Path, text: str | None, scope: Scope, *wanted: Type, instead: str = ""
    ) -> Expression | None:
        """Note what is wrong with an expression, and one that is none of the wanted types; return it if it is right."""
        if text is None:
            return None
        try:
            expression = compile_expression(text, scope)
        except ExpressionError as error:
            self._note_all(path, error)
            return None
        fits = (*wanted, Type.NULL, *([Type.INTEGER] if Type.NUMBER in wanted else []))
        if wanted and expression.type not in fits:
            what = f"{quoted(text)} is {expression.type}, where {wanted[0]} is wanted"
            self.note(path, what, instead or _AS_WANTED[wanted[0]], written=text)
        return expression

    def _note_all(self, path: Path, error: ExpressionError) -> None:
        place = self.document.position(path)
        for problem in error.problems:
            column = place.column + (problem.offset if place.plain else 0)
            self.problems.append(
                Problem(
                    self.document.file,
                    place.line,
                    column,
                    in_words(path),
                    problem.what,
                    problem.written,
                    problem.instead,
                )
            )

    def item(self, path: Path, number: int) -> Path:
        """Return the path of a list's item; of the value itself where one stands without a list."""
        return (*path, number) if (*path, number) in self.document.values else path

"""Refusals: what is wrong with an input, where, and what to write instead.

All problems of an input are collected before any is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from genklang.evaluate.texts import Language, Text

MOST_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong: the column and row (from 0) where that is known, and the way out."""

    wrong: Text
    instead: Text
    column: str | None = None
    row: int | None = None

    def say(self, language: Language, *, source: str | None = None, lines: Sequence[int] | None = None) -> str:
        """ "where: what is wrong. What to write instead." With `lines`, rows are told as lines of the source."""
        where = self._where(language, source=source, lines=lines)
        return f"{where}: {self.wrong.say(language)} {self.instead.say(language)}"

    def _where(self, language: Language, *, source: str | None, lines: Sequence[int] | None) -> str:
        parts = []
        if source is not None and self.row is not None and lines is not None:
            parts.append(f"{source}:{lines[self.row]}")
        else:
            parts += [source] if source is not None else []
            parts += [f"{'rad' if language == 'sv' else 'row'} {self.row + 1}"] if self.row is not None else []
        if self.column is not None:
            parts.append(f'{"kolumn" if language == "sv" else "column"} "{self.column}"')
        return ", ".join(parts) or ("utvärderingen" if language == "sv" else "the evaluation")


class EvaluationError(ValueError):
    """The evaluation is refused; `problems` says why, all of it at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.messages("en")))

    def messages(
        self, language: Language, *, source: str | None = None, lines: Sequence[int] | None = None
    ) -> list[str]:
        """One message for each problem, in the order found."""
        return [problem.say(language, source=source, lines=lines) for problem in self.problems]


@dataclass
class Problems:
    """Gathers problems while an input is read; `check` raises them all."""

    found: list[Problem] = field(default_factory=list)

    def add(self, wrong: Text, instead: Text, *, column: str | None = None, row: int | None = None) -> None:
        self.found.append(Problem(wrong=wrong, instead=instead, column=column, row=row))

    def add_rows(self, wrongs: Sequence[tuple[int, Text]], instead: Text, *, column: str) -> None:
        """A problem for each row, the first twenty of them, and a count of the rest."""
        for row, wrong in wrongs[:MOST_SHOWN]:
            self.add(wrong, instead, column=column, row=row)
        if len(wrongs) > MOST_SHOWN:
            more = Text(sv="{n} rader till har samma fel.", en="{n} more rows have the same error.")
            self.add(more.fill(n=len(wrongs) - MOST_SHOWN), instead, column=column)

    def check(self) -> None:
        if self.found:
            raise EvaluationError(self.found)


def refuse(wrong: Text, instead: Text, *, column: str | None = None) -> EvaluationError:
    """A refusal with one problem, to be raised by the caller."""
    return EvaluationError([Problem(wrong=wrong, instead=instead, column=column)])

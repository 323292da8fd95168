"""What is wrong with a protocol, said so that its author can put it right: the form of every error of this room."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `line` and `column` count from 1; `what` contains what was written, `instead` what to write."""

    file: str
    line: int
    column: int
    where: str
    what: str
    written: str
    instead: str

    def __str__(self) -> str:
        where = f", {self.where}" if self.where else ""
        return f"{self.file}:{self.line}:{self.column}{where}: {self.what}. {self.instead}"

    def as_dict(self) -> dict[str, str | int]:
        """Return the problem as plain data, for `--json`."""
        return asdict(self)


class ProtocolErrors(ValueError):
    """Everything that is wrong with one protocol, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: list[Problem] = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def quoted(written: object, *, longest: int = 60) -> str:
    """Return what was written in double quotes, shortened where it is long."""
    text = " ".join(str(written).split())
    return f'"{text[: longest - 1]}…"' if len(text) > longest else f'"{text}"'


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like the one written, or None where none is alike."""
    found = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def listed(names: Sequence[str], *, most: int = 12) -> str:
    """Return names as a readable list: "a", "b" or "c"."""
    shown = [f'"{name}"' for name in names[:most]]
    if len(names) > most:
        return ", ".join(shown) + " …"
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + f" or {shown[-1]}"


def suggestion(name: str, known: Iterable[str], *, nothing: str) -> str:
    """Say what to write instead of an unknown name: the closest known one, else all of them, else `nothing`."""
    names = list(known)
    alike = closest(name, names)
    if alike:
        return f'Did you mean "{alike}"?'
    return f"Write {listed(names)}." if names else nothing

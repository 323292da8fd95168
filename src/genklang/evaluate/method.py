"""What a method is: an id, a name, its formula and where it is published."""

from __future__ import annotations

from dataclasses import dataclass

from genklang.evaluate.texts import Text


@dataclass(frozen=True, kw_only=True)
class Method:
    """A published way of computing; `id` is the name of its formula in the reference."""

    id: str
    name: Text
    formula: str
    source: str

    def as_dict(self) -> dict[str, object]:
        return {"id": self.id, "name": self.name.as_dict(), "formula": self.formula, "source": self.source}

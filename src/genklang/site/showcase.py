"""The component page: finds every component's folder and its usage note."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "templates" / "components"
NOTE = re.compile(r"\{% comment %\}(.*?)\{% endcomment %\}", re.DOTALL)


@dataclass(frozen=True)
class Component:
    """One component: its name, its usage note and the template that shows examples of it."""

    name: str
    usage: str
    example: str


def components() -> list[Component]:
    """All components, by name. A folder without example.html is a defect and raises FileNotFoundError."""
    return [_component(folder) for folder in sorted(FOLDER.iterdir()) if folder.is_dir()]


def _component(folder: Path) -> Component:
    note = NOTE.search((folder / f"{folder.name}.html").read_text(encoding="utf-8"))
    if not (folder / "example.html").exists():
        raise FileNotFoundError(f"components/{folder.name}: example.html is missing. Write one that shows it in use.")
    return Component(folder.name, note[1].strip() if note else "", f"components/{folder.name}/example.html")

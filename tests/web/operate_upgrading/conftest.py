"""The ward of the core's tests, and newer versions of its practice."""

from collections.abc import Callable

import pytest

from genklang.bank.models import ProtocolVersion
from tests.web.operate_core.conftest import PRACTICES, Ward, dispensers, publish, wall, ward
from tests.web.operate_pages.conftest import fia

__all__ = ["NewVersion", "Ward", "dispensers", "fia", "wall", "ward"]
NewVersion = Callable[..., ProtocolVersion]
TEXT = (PRACTICES / "umea-medicingivare" / "protocol.yaml").read_text(encoding="utf-8")


@pytest.fixture
def newer(ward: Ward) -> NewVersion:
    """`newer((old, new), …)` publishes the practice with that text changed, as its current version."""

    def made(*edits: tuple[str, str], version: str = "1.1.0") -> ProtocolVersion:
        text = TEXT.replace("version: 1.0.0", f"version: {version}")
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        row = publish(text)
        row.practice.current = row
        row.practice.save(update_fields=["current"])
        return row

    return made

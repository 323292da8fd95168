"""The ward of the core's tests: one dispenser at Doris's home."""

from tests.web.operate_core.conftest import dispensers, wall, ward

__all__ = ["dispensers", "wall", "ward"]

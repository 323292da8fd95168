"""Static files without a build step: the address carries a stamp of the content, so caches can hold it long."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class StampedStorage(StaticFilesStorage):
    """Adds `?v=<first 8 hex digits of the SHA-256>` to each address."""

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        """The address of a static file, stamped when the file can be found."""
        address = super().url(name)
        found = _stamp(name or "") if not settings.DEBUG else ""
        return f"{address}?v={found}" if found else address


@lru_cache(maxsize=256)
def _stamp(name: str) -> str:
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:8] if path else ""

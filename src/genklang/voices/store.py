"""The bytes on disk: one folder an organisation, each file named by the SHA-256 of what it holds, so never twice."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings


def folder(organisation: int) -> Path:
    """Where the organisation's files lie; readable by the program alone."""
    found = Path(settings.VAR) / "media" / str(organisation)
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def path_of(organisation: int, sha256: str) -> Path:
    """Where the content lies, or would lie."""
    return folder(organisation) / sha256[:2] / sha256


def put(organisation: int, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Writes the content, durably and all or nothing; its SHA-256 and size. Raises OSError when the disk refuses."""
    sha256, size = hashlib.sha256(), 0
    descriptor, name = tempfile.mkstemp(dir=folder(organisation), prefix=".coming-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                sha256.update(chunk)
                size += file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        target = path_of(organisation, sha256.hexdigest())
        target.parent.mkdir(mode=0o700, exist_ok=True)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
    return sha256.hexdigest(), size


def remove(organisation: int, sha256: str) -> None:
    """Removes the content; nothing happens when it is not there."""
    path_of(organisation, sha256).unlink(missing_ok=True)


def everything() -> Iterable[tuple[int, str, Path]]:
    """Each file there is, with its organisation and SHA-256."""
    root = Path(settings.VAR) / "media"
    for path in root.glob("*/??/*"):
        yield int(path.parts[-3]), path.name, path

"""Files between preview and import: kept beside the database for at most a day, for whoever handed them in."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from genklang.operate.models import Adoption
from genklang.people.models import User

SECONDS_KEPT = 24 * 3600


@dataclass(frozen=True)
class Upload:
    """A file that was handed in: `kept` names it in the address, `name` is what its owner calls it."""

    kept: str
    name: str
    content: bytes


def keep(content: bytes, *, name: str, adoption: Adoption, user: User) -> str:
    """Keeps a file for this user and adoption, and returns what it is kept as."""
    _forget_old()
    kept = secrets.token_hex(16)
    path = _path(kept, adoption, user)
    path.touch(mode=0o600)
    path.write_bytes(name.encode("utf-8")[:400] + b"\n" + content)
    return kept


def find(kept: str, *, adoption: Adoption, user: User) -> Upload | None:
    """The file, when this very user handed it in for this very adoption less than a day ago."""
    path = _path(kept, adoption, user)
    if not kept.isalnum() or not path.is_file():
        return None
    name, _newline, content = path.read_bytes().partition(b"\n")
    return Upload(kept, name.decode("utf-8", "replace"), content)


def forget(kept: str, *, adoption: Adoption, user: User) -> None:
    """Removes the file."""
    _path(kept, adoption, user).unlink(missing_ok=True)


def _path(kept: str, adoption: Adoption, user: User) -> Path:
    return _folder() / f"{adoption.pk}-{user.pk}-{kept if kept.isalnum() else 'none'}"


def _folder() -> Path:
    folder = Path(settings.VAR) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _forget_old() -> None:
    for path in _folder().iterdir():
        if time.time() - path.stat().st_mtime > SECONDS_KEPT:
            path.unlink(missing_ok=True)

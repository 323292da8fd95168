"""Reading the environment: text in, plain settings out. Nothing here imports Django's settings.

Every variable is named `GENKLANG_…`. What is unset is safe: no debugging, no demo sign-in, local hosts only.
"""

import contextlib
import os
import secrets
import tempfile
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE_SECONDS_TO_WAIT = 20


class BadEnvironment(ValueError):
    """A variable of the environment that cannot be understood; the message says what to write."""


def flag(environ: Mapping[str, str], name: str) -> bool:
    """True for 1, true, yes or on; False when unset, empty, 0, false, no or off."""
    text = environ.get(name, "").strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"", "0", "false", "no", "off"}:
        return False
    raise BadEnvironment(f'{name}: "{text}" is neither yes nor no. Write 1 or 0, for example {name}=1.')


def words(environ: Mapping[str, str], name: str, *, default: str = "") -> list[str]:
    """The comma-separated words of a variable, trimmed, without empty ones."""
    return [word for raw in environ.get(name, default).split(",") if (word := raw.strip())]


def home(environ: Mapping[str, str]) -> Path:
    """The folder that holds `var/`: GENKLANG_HOME, or the folder the process was started in."""
    return Path(environ.get("GENKLANG_HOME") or Path.cwd()).resolve()


def database(url: str, *, var: Path) -> dict[str, Any]:
    """Django's database settings for a URL; SQLite below `var` when the URL is empty.

    Shapes: `postgres://user:password@host:port/name?sslmode=require`, `sqlite:///relative.sqlite3`,
    `sqlite:////absolute.sqlite3`. Raises BadEnvironment for any other scheme.
    """
    if not url:
        return _sqlite(var / "genklang.sqlite3")
    parts = urlsplit(url)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgres(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path.removeprefix("/"))))
    raise BadEnvironment(
        f'GENKLANG_DATABASE: "{parts.scheme}" is no kind of database that Genklang knows. '
        "Write a PostgreSQL or SQLite address, for example postgres://genklang@localhost/genklang."
    )


def secret_key(environ: Mapping[str, str], *, var: Path) -> str:
    """GENKLANG_SECRET_KEY, or a key generated once into `var/secret-key`, readable by its owner alone."""
    if given := environ.get("GENKLANG_SECRET_KEY"):
        return given
    path = var / "secret-key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii").strip()


def openid_provider(environ: Mapping[str, str]) -> dict[str, Any]:
    """The OpenID Connect provider from GENKLANG_OIDC_{URL,CLIENT,SECRET,NAME}; empty when no URL is given."""
    url = environ.get("GENKLANG_OIDC_URL", "")
    if not url:
        return {}
    if missing := [name for name in ("GENKLANG_OIDC_CLIENT", "GENKLANG_OIDC_SECRET") if not environ.get(name)]:
        raise BadEnvironment(
            f"GENKLANG_OIDC_URL: {' and '.join(missing)} must be set too. Write what the identity provider handed out."
        )
    return {
        "provider_id": "organisation",
        "name": environ.get("GENKLANG_OIDC_NAME", "OpenID Connect"),
        "client_id": environ["GENKLANG_OIDC_CLIENT"],
        "secret": environ["GENKLANG_OIDC_SECRET"],
        "settings": {"server_url": url, "token_auth_method": "client_secret_basic"},
    }


def check_zone(name: str) -> str:
    """The IANA zone name itself; raises BadEnvironment when it is unknown."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise BadEnvironment(
            f'GENKLANG_TIME_ZONE: "{name}" is no time zone. Write a name such as Europe/Stockholm.'
        ) from None
    return name


def _write_once(path: Path, text: str) -> None:
    # Written aside and then linked: of two processes that start at once, one wins and neither reads half a file.
    descriptor, aside = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(aside, path)
    Path(aside).unlink()


def _sqlite(path: Path) -> dict[str, Any]:
    # FULL: what a device was told is kept must outlive a power cut; NORMAL could take back the last commits.
    # IMMEDIATE takes the write lock at the start: two writers wait for each other instead of failing half-way.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": SQLITE_SECONDS_TO_WAIT,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
        },
    }


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise BadEnvironment(
            "GENKLANG_DATABASE: the address names no database. "
            "Write one after the host, for example postgres://genklang@localhost/genklang."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }

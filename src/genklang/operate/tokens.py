"""Keys of devices and systems: made once, shown once, kept as a hash."""

import hashlib
import secrets

from genklang.operate import clock
from genklang.operate.models import Token

PREFIX = "gk_"
USED_EVERY = 60  # seconds between updates of last_used_at: a device that reports each second need not write each second


def new_secret() -> str:
    """A secret of 256 bits, recognisable as Genklang's."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is kept of a secret. It is long and random, so a plain hash cannot be reversed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find(secret: str) -> Token | None:
    """The token of a secret, revoked or not."""
    rows = Token.objects.select_related("adoption__organisation", "enrolment")
    return rows.filter(sha256=hash_of(secret)).first()


def note_use(token: Token) -> None:
    """Remembers that the token was used, to the minute."""
    now = clock.moment(clock.now())
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() >= USED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)

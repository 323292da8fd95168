"""Verbs of the wall screen's address: make it (which ends an earlier one), take it away, find whose it is."""

import hashlib
import secrets

from genklang.operate import clock
from genklang.operate.models import Adoption, BoardAddress
from genklang.people.models import User

# No letters or digits that look alike: somebody may have to type it with a remote control.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 20


def make_address(adoption: Adoption, *, user: User) -> str:
    """Makes a new secret of 99 bits, shown once; the one before it opens nothing any more."""
    secret = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    made = {"sha256": _hash(secret), "made_at": clock.moment(clock.now()), "made_by": user}
    BoardAddress.objects.update_or_create(adoption=adoption, defaults=made)
    return secret


def take_away(adoption: Adoption) -> None:
    """The address opens nothing any more."""
    BoardAddress.objects.filter(adoption=adoption).delete()


def adoption_behind(secret: str) -> Adoption | None:
    """The adoption whose board a secret shows."""
    rows = BoardAddress.objects.select_related("adoption__protocol_version", "adoption__organisation")
    found = rows.filter(sha256=_hash(secret)).first()
    return found.adoption if found else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

"""Where pages are about many things of one kind: the way there is looked up once for all of a list."""

from collections.abc import Callable
from uuid import UUID

from django.urls import reverse

ANY = UUID(int=0)


def addresses(name: str) -> Callable[[UUID], str]:
    """Where the page of operate of that name is about one thing, by the thing's public id."""
    before, after = reverse(f"operate:{name}", args=[ANY]).split(str(ANY))
    return lambda public_id: f"{before}{public_id}{after}"

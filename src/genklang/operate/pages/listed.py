"""What a long list tells of an enrolment and its person, as the database gives it: no models are made of it."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from genklang.operate.models import Enrolment
from genklang.statements import prepared

COLUMNS = (
    "pk",
    "public_id",
    "adoption_id",
    "protocol_version_id",
    "title",
    "key",
    "person_id",
    "person__organisation_id",
    "person__display_name",
)
Place = tuple[int, int]


class Somebody(NamedTuple):
    """A person whose name stands in a list."""

    pk: int
    organisation_id: int


class Listed(NamedTuple):
    """An enrolment in a list, by `COLUMNS`; of a matter there is no person."""

    pk: int
    public_id: UUID
    adoption_id: int
    protocol_version_id: int
    title: str
    key: str
    person_id: int | None
    organisation_id: int | None
    name: str | None

    @property
    def called(self) -> str:
        """What people call it: the person's name, else the matter's title."""
        return self.name or self.title or self.key

    @property
    def place(self) -> Place:
        """Which words it is told with: its adoption's and its version's."""
        return (self.adoption_id, self.protocol_version_id)

    @property
    def person(self) -> Somebody | None:
        """Whom it is about."""
        if self.person_id is None or self.organisation_id is None:
            return None
        return Somebody(self.person_id, self.organisation_id)


def listed(keys: set[int]) -> dict[int, Listed]:
    """These enrolments by their numbers."""
    return {row[0]: Listed(*row) for row in _rows(sorted(keys))}


@prepared
def _rows(keys: list[int]) -> QuerySet[Enrolment, tuple[int, UUID, int, int, str, str, int, int, str]]:
    return Enrolment.objects.filter(pk__in=keys).order_by().values_list(*COLUMNS)

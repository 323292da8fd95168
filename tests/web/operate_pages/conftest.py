"""The ward of the core's tests, and companions: two adoptions with Doris in both. Fia is staff, and in neither."""

from pathlib import Path

import pytest

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, Person, Role, User
from genklang.people.services import add_member
from tests.web.operate_core.conftest import dispensers, publish, wall, ward

__all__ = ["dispensers", "wall", "ward"]
PRACTICES = Path(__file__).parents[3] / "practices"


@pytest.fixture
def fia(lindmala: Organisation) -> User:
    """Works in Lindmåla, and is assigned to nothing."""
    return add_member(email="fia@example.se", organisation=lindmala, role=Role.STAFF, name="Fia").user


@pytest.fixture
def companions(lindmala: Organisation, bo: User, wall: object) -> Adoption:
    """Lindmåla runs the companion service; Bo coordinates."""
    version = publish((PRACTICES / "laholm-ledsagarservice" / "protocol.yaml").read_text())
    adoption = services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Ledsagning")
    services.assign(adoption, user=bo, role="coordinator")
    return adoption


@pytest.fixture
def company(companions: Adoption, doris: Person) -> Enrolment:
    """Doris has a companion."""
    return services.enrol(companions, person=doris, key="L-1")

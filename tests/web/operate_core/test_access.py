"""Who may do what in an adoption, as a truth table. Alva leads, Bo is assigned, Ola works there but elsewhere."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from genklang.operate import access, services
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.operate.problems import Refused
from genklang.people import services as people
from genklang.people.models import Organisation, Person, Role, User
from tests.web.operate_core.conftest import Ward

pytestmark = pytest.mark.django_db
Cast = dict[str, User | AnonymousUser]
VISITORS = ("alva", "bo", "ola", "cia", "doris", "neighbour", "elin", "nobody", "gone")


@pytest.fixture
def cast(ward: Ward, lindmala: Organisation, alva: User, bo: User, cia: User, doris: Person, elin: User) -> Cast:
    """Everybody who might ask."""
    ola = people.add_member(email="ola@example.se", organisation=lindmala, role=Role.STAFF).user
    gone = people.add_member(email="gone@example.se", organisation=lindmala, role=Role.STAFF).user
    services.assign(ward.adoption, user=gone, role="nurse")
    people.remove_member(user=gone, organisation=lindmala, role=Role.STAFF)
    neighbour = User.objects.create_user("neighbour@example.se")
    people.add_person(organisation=lindmala, display_name="Granne", user=neighbour)
    assert doris.user is not None
    users = (alva, bo, ola, cia, doris.user, neighbour, elin, AnonymousUser(), gone)
    return dict(zip(VISITORS, users, strict=True))


Question = Callable[[User | AnonymousUser, Adoption, Enrolment], bool]
QUESTIONS: dict[str, tuple[Question, set[str]]] = {
    "sees the adoption": (lambda user, adoption, _: access.can_see_adoption(user, adoption), {"alva", "bo"}),
    "leads it": (lambda user, adoption, _: access.can_lead(user, adoption), {"alva"}),
    "sees Doris's enrolment": (lambda user, _, one: access.can_see_enrolment(user, one), {"alva", "bo", "doris"}),
    "acts as nurse": (
        lambda user, _, one: access.can_act(user, one, role="nurse", participant_role="patient"),
        {"bo"},
    ),
    "acts as patient": (
        lambda user, _, one: access.can_act(user, one, role="patient", participant_role="patient"),
        {"doris"},
    ),
    "finds the adoption": (
        lambda user, adoption, _: adoption in Adoption.objects.for_user(user),
        {"alva", "bo"},
    ),
    "finds the enrolment": (
        lambda user, _, one: one in Enrolment.objects.for_user(user),
        {"alva", "bo", "doris"},
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("visitor", VISITORS)
def test_who_may(cast: Cast, ward: Ward, visitor: str, question: str) -> None:
    ask, allowed = QUESTIONS[question]
    assert ask(cast[visitor], ward.adoption, ward.enrolment) is (visitor in allowed)


def test_only_the_lead_adopts(ward: Ward, lindmala: Organisation, bo: User, alva: User) -> None:
    version = ward.adoption.protocol_version
    with pytest.raises(PermissionDenied):
        services.adopt(organisation=lindmala, protocol_version=version, actor=bo, name="Bos")
    assert services.adopt(organisation=lindmala, protocol_version=version, actor=alva, name="Alvas").pk


@pytest.mark.parametrize(
    "overlay",
    [
        {"prices": {"visit": "lots"}},
        {"prices": {"lunch": "10 SEK"}},
        {"channels": {"sms": "ftp://example.se"}},
        {"channels": {"sms": "http://user:secret@example.se"}},
        {"channels": {"pigeon": "https://example.se"}},
        {"seed": "1"},
    ],
)
def test_a_wrong_overlay_is_refused_and_changes_nothing(ward: Ward, overlay: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        services.change_adoption(ward.adoption, name="Annat", overlay=overlay)
    assert refused.value.problems and all(problem.what for problem in refused.value.problems)
    assert Adoption.objects.get().name == "Medicingivare"


def test_a_person_of_another_organisation_cannot_be_enrolled(ward: Ward, granvik: Organisation) -> None:
    stranger = people.add_person(organisation=granvik, display_name="Någon")
    for person, key in ((stranger, "U-2"), (ward.enrolment.person, "U-1"), (ward.enrolment.person, "")):
        with pytest.raises(Refused):
            services.enrol(ward.adoption, person=person, key=key)
    assert Enrolment.objects.count() == 1


def test_the_log_is_only_added_to(ward: Ward) -> None:
    event = Event.objects.get(kind="installed")
    for attempt in (
        lambda: event.delete(),
        lambda: event.save(),
        lambda: Event.objects.all().delete(),
        lambda: Event.objects.update(kind="ended"),
        lambda: event.save(update_fields=["data"]),
    ):
        with pytest.raises(TypeError):
            attempt()
    assert Event.objects.filter(kind="installed").exists()
    assert Event.objects.update(held=None) == 2

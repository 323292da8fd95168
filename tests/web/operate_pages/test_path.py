"""The way through, as the case page draws it."""

from pathlib import Path

from django.urls import reverse

from genklang.operate import services
from genklang.people.models import Organisation, User
from genklang.people.services import add_person
from tests.conftest import SignIn
from tests.web.operate_core.conftest import publish

PRACTICES = Path(__file__).parents[3] / "practices"


def test_the_way_of_one_kind_of_participant_leaves_out_the_others(
    lindmala: Organisation, bo: User, sign_in: SignIn
) -> None:
    text = (PRACTICES / "vaxjo-vaxjoloftet" / "protocol.yaml").read_text(encoding="utf-8")
    adoption = services.adopt(organisation=lindmala, protocol_version=publish(text), actor=None, name="Löftet")
    services.assign(adoption, user=bo, role="coordinator")
    for role, own, others in (
        ("household", "Self-supporting", "Seeks a summer job"),
        ("young", "Seeks a summer job", "Self-supporting"),
    ):
        person = add_person(organisation=lindmala, display_name=role)
        enrolment = services.enrol(adoption, person=person, role=role, key=role)
        page = sign_in(bo).get(reverse("operate:case", args=[enrolment.public_id])).content.decode()
        path = page.partition('<ol class="path"')[2].partition("</ol>")[0]
        assert own in path and others not in path

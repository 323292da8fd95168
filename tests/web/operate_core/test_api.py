"""The API: every row answered, whole requests turned away in words, and nobody reaches another's enrolments."""

import json
from typing import Any

import pytest
from django.test import Client

from genklang.operate import rate, services
from genklang.operate.models import Event, Status
from genklang.people import services as people
from genklang.people.models import Organisation
from tests.web.operate_core.conftest import Ward

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/events"


def row(id: str, **changes: Any) -> dict[str, Any]:
    """A sign of life of Doris's dispenser."""
    return {"id": id, "enrolment": "U-1", "event": "heartbeat", "occurred_at": "2026-03-02T07:01:00+01:00"} | changes


@pytest.fixture
def secret(ward: Ward) -> str:
    """What Doris's dispenser knows."""
    return services.issue_token(ward.adoption, label="Giver 17")[1]


def post(secret: str, body: Any, *, kind: str = "application/json") -> Any:
    """A call, as a device makes it."""
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
    return Client(headers=headers).post(ADDRESS, content, content_type=kind)


def statuses(response: Any) -> list[str]:
    """How each row was answered."""
    return [answer["status"] for answer in response.json()["rows"]]


def test_one_event_and_again(secret: str) -> None:
    first, again = post(secret, row("a")), post(secret, row("a"))
    assert (first.status_code, statuses(first)) == (200, ["accepted"])
    assert (again.status_code, statuses(again)) == (200, ["duplicate"])
    assert Event.objects.filter(kind="heartbeat").count() == 1


def test_a_batch_keeps_what_is_right_and_answers_in_order(secret: str) -> None:
    body = [
        row("a"),
        row("b", event="heartbeats"),
        row("a"),
        "no object",
        row("c", occurred_at="2026-03-02T07:01:00"),
        row("d", event="resumed"),
        row("e", colour="red"),
        row("f", enrolment="U-2"),
        row("g", sequence=1),
    ]
    response = post(secret, body)
    assert response.status_code == 207
    expected = ["accepted", "refused", "duplicate", *["refused"] * 5, "accepted"]
    assert statuses(response) == expected
    assert all(bool(answer["problems"]) is (answer["status"] == "refused") for answer in response.json()["rows"])
    assert set(Event.objects.filter(kind="heartbeat").values_list("key", flat=True)) == {"a", "g"}


def test_lines(secret: str) -> None:
    body = "\n".join([json.dumps(row("a")), "", "{not json", json.dumps(row("b"))])
    response = post(secret, body, kind="application/x-ndjson; charset=utf-8")
    assert (response.status_code, statuses(response)) == (207, ["accepted", "refused", "accepted"])


def test_all_refused(secret: str) -> None:
    assert post(secret, row("a", event="heartbeats")).status_code == 422


def test_what_the_stage_forbids_is_held_for_a_device(ward: Ward, secret: str) -> None:
    response = post(secret, row("a", occurred_at="2026-03-02T07:00:00+01:00"))  # before “installed” at that instant
    assert (response.status_code, statuses(response)) == (200, ["held"])
    assert Event.objects.get(key="a").held


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("a=1", "application/x-www-form-urlencoded", 415),
        ("x" * (4 * 1024 * 1024 + 1), "application/json", 413),
        ("1\n" * 5001, "application/x-ndjson", 413),
    ],
)
def test_whole_requests_are_turned_away_in_words(secret: str, body: str, kind: str, status: int) -> None:
    response = post(secret, body, kind=kind)
    assert response.status_code == status
    assert all(problem["instead"] for problem in response.json()["problems"])
    assert not Event.objects.filter(kind="heartbeat").exists()


def test_tokens(ward: Ward, secret: str) -> None:
    assert post("gk_wrong", row("a")).status_code == 401
    assert Client().post(ADDRESS, "{}", content_type="application/json").status_code == 401
    services.revoke_token(ward.adoption.tokens.get())
    response = post(secret, row("a"))
    assert response.status_code == 401 and "lead" in response.json()["problems"][0]["instead"]
    assert secret not in str(ward.adoption.tokens.values())


def test_too_many_calls(ward: Ward, secret: str) -> None:
    token = ward.adoption.tokens.get().pk
    assert [rate.seconds_to_wait(-token, now=0.0) for _ in range(rate.CALLS)] == [0] * rate.CALLS
    assert rate.seconds_to_wait(-token, now=0.0) == 1
    assert rate.seconds_to_wait(-token, now=1.0) == 0


def test_nobody_reaches_anothers_enrolments(ward: Ward, granvik: Organisation, secret: str) -> None:
    other = services.adopt(
        organisation=granvik, protocol_version=ward.adoption.protocol_version, actor=None, name="Cias"
    )
    person = people.add_person(organisation=granvik, display_name="Någon")
    services.enrol(other, person=person, key="G-1")
    theirs = services.issue_token(other, label="Cias")[1]
    for token, enrolment, status in (
        (secret, "U-1", "accepted"),
        (secret, "G-1", "refused"),
        (theirs, "U-1", "refused"),
        (secret, "nowhere", "refused"),
    ):
        answer = post(token, row(f"{enrolment}-{status}", enrolment=enrolment)).json()["rows"][0]
        assert answer["status"] == status
        assert [problem["what"] for problem in answer["problems"]] in ([], ["is not known here"])


def test_a_token_for_one_enrolment_reaches_no_other(ward: Ward) -> None:
    person = people.add_person(organisation=ward.adoption.organisation, display_name="Någon annan")
    services.enrol(ward.adoption, person=person, key="U-2")
    secret = services.issue_token(ward.adoption, label="Giver 17", enrolment=ward.enrolment)[1]
    nameless = {name: value for name, value in row("a").items() if name != "enrolment"}
    assert statuses(post(secret, [nameless, row("b", enrolment="U-2")])) == ["accepted", "refused"]


def test_an_ended_adoption_takes_nothing(ward: Ward, secret: str) -> None:
    services.set_status(ward.adoption, Status.ENDED)
    assert post(secret, row("a")).status_code == 403


def test_the_description_is_open_and_right(db: None) -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert "requestBody" in described["paths"][ADDRESS]["post"]


def test_no_personal_data_in_the_log(secret: str, caplog: pytest.LogCaptureFixture) -> None:
    post(secret, row("Hemlig Persson", event="Hemlig Persson"))
    assert "Persson" not in caplog.text

"""What needs mending: shown to the lead, mended with one button; notices read; health and metrics for machines."""

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from genklang.operate import clock, services, worker
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.models import Deadline, Enrolment, Notice
from genklang.people.models import User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(ward: Ward) -> Ward:
    """Doris's row has been damaged, and the worker has met it; a dose was told of since."""
    Enrolment.objects.update(state="{}")
    Deadline.objects.update(at=clock.now())
    ward.tick("2026-03-02 08:10")
    event = IncomingEvent("kept", "U-1", "dose_taken", clock.now())
    assert services.record(ward.adoption, [event], source=Source(by="device"))[0].status == "held"
    return ward


def address(ward: Ward, more: str = "") -> str:
    return f"/adoptions/{ward.adoption.public_id}/mending/{more}"


def test_the_lead_sees_what_stands_still_and_mends_it(broken: Ward, alva: User, sign_in: SignIn) -> None:
    client = sign_in(alva)
    overview = client.get(f"/adoptions/{broken.adoption.public_id}/").content.decode()
    assert address(broken) in overview
    page = client.get(address(broken)).content.decode()
    assert "U-1" in page and "1 event" in page and "Traceback" not in page
    done = client.post(address(broken, f"{broken.enrolment.public_id}/"), follow=True).content.decode()
    assert "U-1 is mended" in done and "Nobody stands still" in done
    broken.enrolment.refresh_from_db()
    assert broken.enrolment.broken_reason == "" and Deadline.objects.filter(enrolment=broken.enrolment).exists()
    assert broken.enrolment.outcome_facts.get(expectation="dose").status == "met"


def test_what_still_breaks_is_said_and_changes_nothing(
    broken: Ward, alva: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: object) -> None:
        raise ValueError("Doris 19410203-1234")

    monkeypatch.setattr(services, "refolded", breaks)
    done = sign_in(alva).post(address(broken, f"{broken.enrolment.public_id}/"), follow=True).content.decode()
    assert "still cannot be followed (ValueError)" in done and "19410203" not in done
    broken.enrolment.refresh_from_db()
    assert broken.enrolment.broken_reason


def test_only_the_lead_sees_and_mends(broken: Ward, bo: User, cia: User, sign_in: SignIn, client: Client) -> None:
    mend = address(broken, f"{broken.enrolment.public_id}/")
    for somebody, status in ((bo, 403), (cia, 404)):
        assert sign_in(somebody).get(address(broken)).status_code == status
        assert sign_in(somebody).post(mend).status_code == status
    assert client.get(address(broken)).status_code == 302
    broken.enrolment.refresh_from_db()
    assert broken.enrolment.broken_reason


def test_a_clock_that_jumped_is_told_until_it_is_read(ward: Ward, alva: User, bo: User, sign_in: SignIn) -> None:
    notice = Notice.objects.create(key="clock/1", kind="clock", data={"seconds": 7200}, at=clock.now() + 1)
    page = sign_in(alva).get(address(ward)).content.decode()
    assert "put forward by 2 hours" in page
    assert sign_in(bo).post(address(ward).replace("mending/", f"notices/{notice.pk}/seen/")).status_code == 403
    sign_in(alva).post(address(ward).replace("mending/", f"notices/{notice.pk}/seen/"))
    assert "Nothing new" in sign_in(alva).get(address(ward)).content.decode()


def test_healthz_is_cheap_and_names_nobody(
    ward: Ward, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(2):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "worker": "late"})


def test_healthz_says_when_the_database_is_away(client: Client) -> None:
    def away(*_: object) -> None:
        from django.db import OperationalError

        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "no database"})


def test_metrics_tell_counts_and_no_names(ward: Ward, client: Client) -> None:
    ward.tick("2026-03-02 09:20")
    worker.drain(clock.now())
    text = client.get("/metrics").content.decode()
    assert "genklang_alarms_open 1\n" in text and "# TYPE genklang_events_total counter" in text
    assert "Doris" not in text and "U-1" not in text and ward.adoption.name not in text
    for line in text.splitlines():
        assert line.startswith("# ") or len(line.split(" ")) == 2


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("", {}, 200),
        ("", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("s3cret", {}, 404),
        ("s3cret", {"Authorization": "Bearer wrong"}, 404),
        ("s3cret", {"Authorization": "Bearer s3cret", "X-Forwarded-For": "203.0.113.9"}, 200),
    ],
)
def test_who_may_read_metrics(
    token: str, headers: dict[str, str], status: int, client: Client, settings: Settings
) -> None:
    settings.GENKLANG_METRICS_TOKEN = token
    assert client.get("/metrics", headers=headers).status_code == status
    assert client.get("/metrics", headers=headers, REMOTE_ADDR="203.0.113.9").status_code == (
        200 if token and status == 200 else 404
    )

"""The house itself: language, headers, feedback, errors, logs."""

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import DjangoAssertNumQueries, Settings

from genklang.people.models import User
from genklang.site.log import JsonFormatter
from genklang.site.middleware import policy
from genklang.site.models import Feedback
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db


def breaks(request: object) -> HttpResponse:
    """A page that breaks while holding something private."""
    raise RuntimeError("Doris 19410203-1234")


urlpatterns = [path("breaks/", breaks)]


@pytest.mark.parametrize(
    ("browser", "cookie", "language"),
    [
        ("", "", "sv"),
        ("de", "", "sv"),
        ("en-GB,en;q=0.9", "", "en"),
        ("sv-SE,en;q=0.5", "", "sv"),
        ("en", "sv", "sv"),
        ("sv", "en", "en"),
    ],
)
def test_which_language(browser: str, cookie: str, language: str, client: Client) -> None:
    if cookie:
        client.post("/language/setlang/", {"language": cookie, "next": "/"})
    page = client.get("/", headers={"accept-language": browser} if browser else {})
    assert f'<html lang="{language}">' in page.content.decode()
    other = {"sv": "en", "en": "sv"}[language]
    assert f'name="language" value="{other}"' in page.content.decode()


def test_the_switch_leads_back_to_the_same_page(client: Client) -> None:
    answer = client.post("/language/setlang/", {"language": "en", "next": "/about/?a=1"})
    assert answer.headers["Location"] == "/about/?a=1"
    assert answer.cookies["django_language"]["httponly"]


def test_the_switch_leads_to_no_other_site(client: Client) -> None:
    answer = client.post("/language/setlang/", {"language": "en", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_every_answer_carries_the_headers(client: Client) -> None:
    headers = client.get("/").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_identity_provider_may_be_the_target_of_a_form() -> None:
    assert "form-action 'self' https://id.example" in policy(sign_in_origin="https://id.example")


def test_feedback_is_kept_and_thanked_for(client: Client) -> None:
    answer = client.post("/accessibility/", {"text": "Menyn går inte att nå", "page": "/"}, follow=True)
    assert "Tack." in answer.content.decode()
    assert Feedback.objects.get().text == "Menyn går inte att nå"


def test_empty_feedback_names_every_fault_and_links_to_it(client: Client) -> None:
    answer = client.post("/accessibility/", {"answer_to": "anna"}, headers={"accept-language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_text"' in page and "Write what does not work" in page
    assert 'href="#id_answer_to"' in page and "This is no e-mail address" in page
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("elin", 200), ("alva", 403), ("bo", 403), ("cia", 403), ("doris", 403)])
def test_who_reads_feedback(who: str, status: int, sign_in: SignIn, request: pytest.FixtureRequest) -> None:
    Feedback.objects.create(text="Menyn går inte att nå")
    answer = sign_in(request.getfixturevalue(who)).get("/accessibility/feedback/")
    assert answer.status_code == status
    assert ("Menyn" in answer.content.decode()) is (status == 200)


def test_what_visitors_write_is_escaped(elin: User, sign_in: SignIn) -> None:
    Feedback.objects.create(text="<script>alert(1)</script>")
    assert "<script>alert" not in sign_in(elin).get("/accessibility/feedback/").content.decode()


def test_the_banner_stands_in_the_demo_and_not_outside(client: Client, settings: Settings) -> None:
    assert "simulated-banner" not in client.get("/").content.decode()
    settings.GENKLANG_DEMO = True
    assert "simulated-banner" in client.get("/").content.decode()


def test_an_unknown_address_is_said_kindly(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "Det finns inget på den här adressen" in answer.content.decode()


def test_a_refusal_says_why(bo: User, sign_in: SignIn) -> None:
    answer = sign_in(bo).get("/organisations/lindmala/access-log/")
    assert answer.status_code == 403
    assert "The access log is for the organisation&#x27;s lead." in answer.content.decode()


def test_a_broken_page_shows_no_traceback(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    answer = Client(raise_request_exception=False).get("/breaks/")
    assert answer.status_code == 500
    assert "Doris" not in answer.content.decode()


def test_the_log_holds_neither_the_text_of_an_exception_nor_an_address() -> None:
    try:
        breaks(None)
    except RuntimeError as error:
        info = (RuntimeError, error, error.__traceback__)
    record = logging.LogRecord("django.request", logging.ERROR, "", 1, "Internal Server Error: %s", ("/doris/",), info)
    line = JsonFormatter().format(record)
    assert "oris" not in line
    assert json.loads(line)["exception"] == "RuntimeError"
    assert json.loads(line)["place"][-1].startswith("tests.web.test_site.breaks:")


def test_static_addresses_change_with_their_content(client: Client) -> None:
    assert "/static/site/site.css?v=" in client.get("/").content.decode()


def test_a_page_asks_the_database_little(
    alva: User, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(alva)
    with django_assert_max_num_queries(8):
        client.get("/components/")

"""The bank's pages as a visitor meets them: found by own words, read, compared, rehearsed; open to everybody."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from genklang.bank import rehearsing, views
from genklang.bank.models import Practice, Story
from genklang.bank.story import render
from genklang.people.models import User
from tests.filling import fill_bank

PRACTICES = Path(__file__).resolve().parents[3] / "practices"
UMEA, LAHOLM = "umea-medicingivare", "laholm-ledsagarservice"
USA = "usa-ekonomiskt-stod-efter-fangelse"
NAMES = [UMEA, LAHOLM, "eskilstuna-hemrehab", USA]
EVERY_NAME = {path.parent.name for path in PRACTICES.glob("*/protocol.yaml")}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bank(db: None) -> None:
    fill_bank()


def page(client: Client, address: str, *, language: str = "sv", status: int = 200) -> str:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == status
    return unescape(response.content.decode())


def titles(text: str) -> list[str]:
    return re.findall(r'<h3><a href="/practices/([^/]+)/"', text)


def test_the_list_shows_every_practice_with_its_figure_and_source(client: Client) -> None:
    text = page(client, "/practices/")
    assert f"{len(EVERY_NAME)} arbetssätt" in text
    pages = [text, *(page(client, f"/practices/?page={number}") for number in range(2, 2 + len(EVERY_NAME) // 24))]
    assert {title for each in pages for title in titles(each)} == EVERY_NAME
    text = "".join(pages)
    assert "99,2–99,8\xa0%" in text
    assert "10 mot 26 timmar i månaden" in text
    assert "22,2 mot 30,6\xa0%" in text


def test_own_words_find_the_practice_and_say_how_they_were_understood(client: Client) -> None:
    text = page(client, "/practices/?q=pengarna+räcker+inte")
    assert titles(text)[0] == USA
    assert "Hittades för att dina ord kan betyda: ekonomiskt bistånd" in text
    assert 'value="pengarna räcker inte"' in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("area=disability", {LAHOLM}),
        ("design=randomised", {"eskilstuna-hemrehab", USA}),
        ("design=randomised&group=older_people", {"eskilstuna-hemrehab"}),
        ("q=hemtjänst&area=disability", set()),
        ("q=%00%ff", set()),
    ],
)
def test_filters(client: Client, query: str, found: set[str]) -> None:
    assert set(titles(page(client, f"/practices/?{query}"))) == found


@pytest.mark.parametrize(
    ("query", "some"),
    [
        ("group=older_people", {UMEA, "eskilstuna-hemrehab", "oxelosund-vi-flyttar-in"}),
        ("factor=digitalisation", {UMEA, "uddevalla-automatisering"}),
        ("area=addiction", {"sormland-varnas"}),
    ],
)
def test_filters_leave_some_and_take_some_away(client: Client, query: str, some: set[str]) -> None:
    found = set(titles(page(client, f"/practices/?{query}")))
    assert some <= found and USA not in found


def test_a_filter_that_is_none_is_no_filter(client: Client) -> None:
    assert len(titles(page(client, "/practices/?area=no-such-area"))) == min(24, len(EVERY_NAME))


def test_nothing_found_says_what_to_do(client: Client) -> None:
    text = page(client, "/practices/?q=xyzzy")
    assert "Inget här passar in på allt det" in text
    assert "Visa alla" in text


def test_an_empty_bank_says_so(client: Client) -> None:
    Practice.objects.update(shown=False)
    assert "Banken har inga arbetssätt än." in page(client, "/practices/")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_practice_has_its_page_in_both_languages(client: Client, name: str, language: str) -> None:
    text = page(client, f"/practices/{name}/", language=language)
    practice = Practice.objects.get(slug=name)
    assert (practice.title_sv if language == "sv" else practice.title_en) in text
    assert ("Vad vi inte vet" if language == "sv" else "What we do not know") in text
    assert ("Vad som förväntas, och när" if language == "sv" else "What is expected, and when") in text
    assert practice.current is not None and practice.current.digest in text


def test_the_calendar_says_what_is_expected_and_what_happens_otherwise(client: Client) -> None:
    text = page(client, f"/practices/{UMEA}/")
    assert "Varje dag, på personens egna tider" in text
    assert "larm till: sjuksköterska; svarar ingen på 15 minuter går det till: sjuksköterska i beredskap" in text


def test_the_protocol_can_be_fetched_as_published_and_by_digest(client: Client) -> None:
    practice = Practice.objects.get(slug=UMEA)
    assert practice.current is not None
    response = client.get(f"/practices/{UMEA}/protocol.yaml")
    assert response.content == (PRACTICES / UMEA / "protocol.yaml").read_bytes()
    assert response.headers["Content-Disposition"] == f'attachment; filename="{UMEA}-1.0.0.yaml"'
    address = f"/practices/{UMEA}/protocol.yaml"
    assert client.get(address, {"digest": practice.current.digest}).status_code == 200
    for unknown in ("sha256:0", "\x00", "'"):
        assert client.get(address, {"digest": unknown}).status_code == 404


@pytest.mark.parametrize("address", ["/practices/nope/", "/practices/nope/rehearse/", "/practices/nope/protocol.yaml"])
def test_what_is_not_there_is_404(client: Client, address: str) -> None:
    page(client, address, status=404)


def test_nobody_writes_by_these_addresses(client: Client) -> None:
    for address in ("/practices/", f"/practices/{UMEA}/", f"/practices/{UMEA}/rehearse/", "/practices/compare/"):
        assert client.post(address).status_code == 405


def test_three_side_by_side_each_column_with_its_heading(client: Client) -> None:
    text = page(client, f"/practices/compare/?practice={UMEA}&practice={LAHOLM}&practice={USA}")
    assert len(re.findall(r'<th [^>]*scope="col"><a href="/practices/', text)) == 3
    assert "Upplands Väsby: bestämde sig för att införa det" in text
    assert 'value="umea-medicingivare"' in text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("&".join(f"practice={name}" for name in NAMES), "Du valde 4. Välj högst tre"),
        ("practice=nope", "Det finns inget arbetssätt som heter ”nope”"),
    ],
)
def test_a_wrong_comparison_says_what_to_choose(client: Client, query: str, says: str) -> None:
    assert says in page(client, f"/practices/compare/?{query}", status=422)


def test_a_story_cannot_carry_html_or_script() -> None:
    written = render("Hej <script>alert(1)</script> [länk](javascript:alert(1)) **så**")
    assert "<script>" not in written
    assert "<a " not in written
    assert "<strong>så</strong>" in written


def test_a_missing_story_falls_back_to_the_other_language(client: Client) -> None:
    Story.objects.filter(practice__slug=UMEA, language="en").delete()
    assert "Vad vi inte vet" in page(client, f"/practices/{UMEA}/", language="en")


def adopt_link(text: str) -> bool:
    return ">Inför</a>" in text


def test_only_a_lead_is_offered_to_adopt(
    client: Client, alva: User, bo: User, sign_in: Callable[[User], Client]
) -> None:
    try:
        reverse("operate:adopt", args=[UMEA])
    except NoReverseMatch:
        pytest.fail("operate:adopt has no address that takes a practice's short name")
    address = f"/practices/{UMEA}/"
    assert adopt_link(page(sign_in(alva), address))
    assert not adopt_link(page(sign_in(bo), address))
    assert not adopt_link(page(client, address))


def test_a_rehearsal_shows_figures_beside_what_was_published(client: Client) -> None:
    text = page(client, f"/practices/{USA}/rehearse/?enrolments=432")
    assert "Skillnad: gripen inom 52 veckor" in text
    assert "Skillnad, stöd mot inget stöd: −8,3 procentenheter" in text
    assert "Simulerat" in text
    assert "<svg" in text
    again = page(client, f"/practices/{USA}/rehearse/?enrolments=432")
    assert again.partition("<main")[2].partition("<svg")[0] == text.partition("<main")[2].partition("<svg")[0]


def test_the_first_visit_shows_the_protocols_own_numbers_and_computes_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "_expect", lambda *_: pytest.fail("computed"))
    text = page(client, f"/practices/{UMEA}/rehearse/")
    assert 'name="p_in_time" value="0,995"' in text
    assert "Vad ni kan vänta er" not in text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("enrolments=many", "”many” går inte att använda. Skriv ett heltal från 1 till 5\xa0000, till exempel 100."),
        ("enrolments=0", "”0” går inte att använda"),
        ("enrolments=1.5", "”1.5” går inte att använda"),
        ("enrolments=999999", "”999999” går inte att använda"),
        ("years=99", "”99” går inte att använda. Skriv ett tal från 0,1 till 3"),
        ("years=nan", "”nan” går inte att använda"),
        ("years=inf", "”inf” går inte att använda"),
        ("p_in_time=2", "”2” går inte att använda. Skriv ett tal från 0,5 till 1, till exempel 0,995."),
        ("p_in_time=", "Här står inget. Skriv ett tal från 0,5 till 1"),
        ("price_visit=-1", "”-1” går inte att använda"),
    ],
)
def test_a_bad_number_is_told_and_nothing_is_computed(
    client: Client, monkeypatch: pytest.MonkeyPatch, query: str, says: str
) -> None:
    monkeypatch.setattr(rehearsing, "_expect", lambda *_: pytest.fail("computed"))
    text = page(client, f"/practices/{UMEA}/rehearse/?{query}", status=422)
    assert says in text
    assert "error-summary" in text


def test_numbers_are_read_as_the_language_writes_them_and_the_address_means_the_same_in_both(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[rehearsing.Asked] = []

    def busy(_protocol: object, wanted: rehearsing.Asked) -> None:
        asked.append(wanted)
        raise rehearsing.Busy

    monkeypatch.setattr(rehearsing, "_expect", busy)
    address = f"/practices/{UMEA}/rehearse/"
    plain = f"{address}?p_in_time=0.993&price_rent=2750.5"
    for language, numbers in (
        ("sv", ("0,993", "2 750,50")),
        ("en", ("0.993", "2,750.50")),
        ("en", ("0,993", "2750.5")),
    ):
        written = {"p_in_time": numbers[0], "price_rent": numbers[1]}
        response = client.get(address, written, headers={"accept-language": language})
        assert response.headers["Location"] == plain
    page(client, plain, status=503)
    page(client, plain, status=503, language="en")
    assert asked[0] == asked[1]
    assert dict(asked[0].parameters)["in_time"] == 0.993
    assert dict(asked[0].prices)["rent"] == "2750.5 SEK"
    assert asked[0].enrolments == 100


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_practices_own_numbers_mean_themselves_when_sent_back(
    client: Client, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """A field that shows 60 000 must not come back as 60, in either language."""
    asked: list[rehearsing.Asked] = []

    def busy(_protocol: object, wanted: rehearsing.Asked) -> None:
        asked.append(wanted)
        raise rehearsing.Busy

    monkeypatch.setattr(rehearsing, "_expect", busy)
    address = "/practices/eskilstuna-hemrehab/rehearse/"
    shown = dict(re.findall(r'<input[^>]*name="(\w+)" value="([^"]*)"', page(client, address, language=language)))
    fields = {name: value for name, value in shown.items() if name.startswith(("p_", "price_", "years", "enrolments"))}
    assert len(fields) >= 10
    response = client.get(address, fields, headers={"accept-language": language}, follow=True)
    assert response.status_code == 503
    assert dict(asked[0].prices) == {
        "hour": "500.0 SEK",
        "training": "60000.0 SEK",
        "avoided_move": "500000.0 SEK",
    }
    assert dict(asked[0].parameters)["housing"] == 0.2
    assert (asked[0].enrolments, asked[0].years) == (300, 2.25)


def test_when_all_turns_are_taken_the_visitor_is_asked_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "PATIENCE", 0.01)
    for _ in range(rehearsing.AT_ONCE):
        rehearsing._turns.acquire()
    try:
        text = page(client, f"/practices/{UMEA}/rehearse/?enrolments=7", status=503)
    finally:
        for _ in range(rehearsing.AT_ONCE):
            rehearsing._turns.release()
    assert "Många övar just nu" in text
    assert 'value="7"' in text


def test_many_practices_come_in_pages_that_keep_the_filter(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PRACTICES_A_PAGE", 1)
    text = page(client, "/practices/?design=randomised&page=2")
    assert "2 arbetssätt" in text
    assert len(titles(text)) == 1
    assert 'href="?design=randomised&page=1"' in text

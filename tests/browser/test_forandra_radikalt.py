"""An improvement project from the first interview to the printed report: Bo's group writes, a woman agrees by link."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from genklang.operate import services
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, User
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, pass_time, ticking, told
from tests.web.operate_core.conftest import Wall, wall

__all__ = ["ticking", "wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ticking")]
WORDS = "Jag vill bara veta när"
SECRET = "Jag vågade inte ringa"


@pytest.fixture
def adoption(lindmala: Organisation, bo: User, alva: User, wall: Wall) -> Adoption:
    """Lindmåla improves like this; Bo is in the group and leads it."""
    found = adopted("forandra-radikalt", lindmala, name="Förändra radikalt", staff={"team": bo, "lead": bo})
    services.assign(found, user=alva, role="lead")
    return found


@pytest.fixture
def project(adoption: Adoption) -> Enrolment:
    """A project that has just begun."""
    return services.enrol(adoption, title="Besöken på kontoret", key="F-1")


def save(page: Page) -> None:
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("button", name="Spara")).to_have_count(0)


def write(page: Page, what: str, **answers: str) -> None:
    """Opens the form called so from the case page and fills in texts by (the beginning of) their questions."""
    page.get_by_role("link", name=what).first.click()
    for question, answer in answers.items():
        page.get_by_label(question.replace("_", " ")).fill(answer)


def case_of(enrolment: Enrolment) -> str:
    return reverse("operate:case", args=[enrolment.public_id])


def key_of(enrolment: Enrolment, kind: str) -> str:
    return enrolment.events.filter(kind=kind).latest("pk").key


def test_a_quote_is_seen_by_others_only_when_the_woman_has_agreed(
    project: Enrolment, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    page = open_as(bo, case_of(project))
    write(page, "Skriv vad det gäller", Vilket_problem="Besöken blir fel", Vem_är_det="Den som söker stöd")
    save(page)
    write(page, "Skriv om en intervju", Vem_mötte_ni="En kvinna som väntat länge")
    save(page)
    write(page, "Skriv ned ett citat", Vad_sa_personen=WORDS)
    page.get_by_label("En kvinna som väntat länge").check()
    save(page)
    write(page, "Be om lov", Hur_vill_personen="Kim")
    page.get_by_label(WORDS).check()
    both_widths(page)
    page.get_by_role("button", name="Spara").click()
    page.get_by_role("button", name="Visa adressen").click()
    address = page.get_by_label("Adressen").input_value()

    whole = reverse("operate:whole", args=[project.public_id])
    report = open_as(bo, whole)
    expect(report.locator("main")).to_contain_text("1 är inte med")
    expect(report.locator("main")).not_to_contain_text(WORDS)

    hers = open_as(None, address[address.index("/g/") :], width=320)
    hers.get_by_role("button", name="Öppna").click()
    expect(hers.locator("main")).to_contain_text(WORDS)
    hers.get_by_label("Rapporten", exact=True).check()
    both_widths(hers)
    hers.get_by_role("button", name="Skicka").first.click()

    report.goto(report.url)
    expect(report.locator(".entry .entry .said").first).to_have_text(WORDS)
    both_widths(report)


def test_from_a_persons_words_to_a_tested_prototype_and_a_report_to_print(
    project: Enrolment, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, project, ("2026-03-02 10:00", "interview", {"who": "En kvinna som väntat länge"}))
    interview = key_of(project, "interview")
    for when, words in (("2026-03-02 10:10", WORDS), ("2026-03-02 10:20", SECRET)):
        told(wall, project, (when, "quote", {"interview": interview, "words": words}))
    yes = {"quote": project.events.get(data__words=WORDS).key, "may": "report"}
    told(wall, project, ("2026-03-02 11:00", "agreed", yes), ("2026-03-03 09:00", "on", {}))

    page = open_as(bo, case_of(project))
    write(page, "Skriv en insikt", Vad_har_ni_förstått="Ovissheten är värst")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label(WORDS).check()
    page.get_by_label(SECRET).check()
    both_widths(page)
    save(page)
    page.get_by_role("button", name="Vidare till nästa fas").click()
    write(page, "Skriv en idé", Vad_skulle_ni_göra="Ge besked samma dag")
    page.get_by_label("Ovissheten är värst").check()
    save(page)
    page.get_by_role("button", name="Vidare till nästa fas").click()
    write(page, "Beskriv en prototyp", Hur_gör_ni_den="En lapp vid luckan")
    page.get_by_label("Ge besked samma dag").check()
    save(page)
    write(page, "Skriv om en testomgång", Hur_många_provade="7", Vad_hände="De stannade och frågade")
    page.get_by_label("En lapp vid luckan").check()
    page.get_by_label("Ändrar och provar igen").check()
    save(page)
    write(page, "Välj vad ni ska mäta", Det_viktigaste="Tid till besked")
    both_widths(page)
    save(page)

    page.get_by_role("link", name="Allt på en sida").click()
    expect(page.locator("main")).not_to_contain_text(SECRET)
    insight = page.locator(".chapter", has=page.get_by_role("heading", name="Insikt")).locator(".entry")
    insight.get_by_role("link", name=WORDS).click()
    expect(page.locator(".entry:target .said").first).to_have_text(WORDS)
    idea = page.locator(".chapter", has=page.get_by_role("heading", name="Idé")).locator("> .entry")
    expect(idea.get_by_role("link", name="Ovissheten är värst")).to_have_count(1)
    expect(idea.locator(".entry .entry .said")).to_have_text("De stannade och frågade", ignore_case=True)
    both_widths(page)
    page.emulate_media(media="print")
    expect(page.locator(".masthead")).to_be_hidden()


def test_whoever_gets_the_report_reads_the_thread_but_no_quote_without_a_yes(
    project: Enrolment, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, project, ("2026-03-02 10:00", "interview", {"who": "En kvinna som väntat länge"}))
    interview = key_of(project, "interview")
    for when, words in (("2026-03-02 10:10", WORDS), ("2026-03-02 10:20", SECRET)):
        told(wall, project, (when, "quote", {"interview": interview, "words": words}))
    quotes = [each.key for each in project.events.filter(kind="quote").order_by("occurred_at")]
    told(
        wall,
        project,
        ("2026-03-02 11:00", "agreed", {"quote": quotes[0], "may": "report"}),
        ("2026-03-03 09:00", "on", {}),
        ("2026-03-03 10:00", "insight", {"insight": "Ovissheten är värst", "quotes": quotes}),
        *((f"2026-03-{day:02} 09:00", "on", {}) for day in range(4, 9)),
    )
    page = open_as(bo, case_of(project))
    write(page, "Dela rapporten", Till_vem="Nämnden")
    page.get_by_label("Ovissheten är värst").check()
    page.get_by_role("button", name="Spara").click()
    page.get_by_role("button", name="Visa adressen").click()
    address = page.get_by_label("Adressen").input_value()
    reader = open_as(None, address[address.index("/g/") :], width=320)
    reader.get_by_role("button", name="Öppna").click()
    expect(reader.locator("main")).to_contain_text("Ovissheten är värst")
    expect(reader.locator("main")).to_contain_text(WORDS)
    expect(reader.locator("main")).not_to_contain_text(SECRET)
    expect(reader.locator("main")).not_to_contain_text("En kvinna")
    both_widths(reader)


def test_what_nobody_answers_is_the_groups_to_ask_about(
    project: Enrolment, bo: User, alva: User, wall: Wall, open_as: OpenAs
) -> None:
    told(wall, project, ("2026-03-02 10:00", "interview", {"who": "En kvinna som väntat länge"}))
    words = {"interview": key_of(project, "interview"), "words": WORDS}
    told(wall, project, ("2026-03-02 10:10", "quote", words))
    pass_time(wall, "2026-03-17 09:00")
    page = open_as(bo, "/work/")
    expect(page.locator("main")).to_contain_text("Fråga igen.")
    expect(page.locator("main")).to_contain_text(WORDS)
    lead = open_as(alva, reverse("operate:adoption", args=[project.adoption.public_id]))
    expect(lead.locator("main")).to_contain_text("Intervjuer per projekt")
    both_widths(lead)

"""Uddevalla as its people meet it: Bo maps the work and hands in a file, Alva writes who sends, both see it agree."""

import io
import zipfile

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect
from pypdf import PdfReader

from genklang.operate import services
from genklang.operate.models import Adoption, Token
from genklang.people.models import Organisation, User
from tests.browser.conftest import OpenAs
from tests.browser.running import adopted, both_widths, told
from tests.web.operate_core.conftest import Wall, wall
from tests.web.operate_paperwork.conftest import SENDER

__all__ = ["wall"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE = """Besök;Namn;Gata;Postnummer;Ort;Elektronisk adress;Dag;Avgift
B-1;Doris Sandell;Ågatan 2;123 45;Lindmåla;;2026-10-05;275
B-2;Gun Ek;Ågatan 4;123 45;Lindmåla;7300010000001;2026-10-05;275
B-3;Stig Alm;Ågatan 6;123 45;Lindmåla;;i måndags;275
B-4;Tage Ros;Ågatan 8;123 45;Lindmåla;;2026-10-06;27500
"""
MAPPED = {"comes_from": "Vaccinationsregistret", "goes_to": "Ekonomisystemet", "typed": "En", "minutes_by_hand": 4.0}
PROGRAMMED = {"hours": 3.0, "minutes_now": 0.25}


@pytest.fixture
def office(lindmala: Organisation, alva: User, bo: User, wall: Wall) -> Adoption:
    """Lindmåla runs it; Bo administers and programs."""
    wall.set("2026-10-07 08:00")
    staff = {"administrator": bo, "developer": bo}
    return adopted("uddevalla-automatisering", lindmala, name="Fakturor", staff=staff)


def page_of(office: Adoption, name: str) -> str:
    return reverse(f"operate:{name}", args=[office.public_id])


def hand_in(page: Page) -> None:
    page.get_by_label("Fil (CSV eller XLSX)").set_input_files(
        FilePayload(name="oktober.csv", mimeType="text/csv", buffer=FILE.encode())
    )
    page.get_by_role("button", name="Lämna in").click()


def test_work_is_mapped_a_file_handed_in_and_invoices_come_out(
    office: Adoption, alva: User, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    # Bo adds a piece of work, maps it and starts it.
    page = open_as(bo, page_of(office, "enrol"))
    page.get_by_label("Vad heter det?").fill("Höstens vaccinationer")
    page.get_by_role("button", name="Lägg till").click()
    page.get_by_role("link", name="Kartlägg arbetet").click()
    page.get_by_label("Var kommer uppgifterna ifrån?").fill("Vaccinationsregistret")
    page.get_by_label("Vart ska de?").fill("Ekonomisystemet")
    page.get_by_label("Hur knappas de in i dag?").fill("En i taget")
    page.get_by_label("Hur många minuter tar ett styck för hand?").fill("4")
    page.get_by_role("button", name="Spara").click()
    wall.set("2026-10-07 11:00")
    page.get_by_role("link", name="Sätt i gång").click()
    page.get_by_label("Hur många timmar tog det att programmera?").fill("3")
    page.get_by_label("Hur många minuter tar ett styck nu").fill("0,25")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("main .lead").first).to_contain_text("Går av sig självt")

    # Alva writes who sends.
    wall.set("2026-10-07 12:00")
    lead = open_as(alva, page_of(office, "files"))
    lead.get_by_role("link", name="Skriv det").click()
    for label, name in (
        ("Organisationsnummer", "organisation_number"),
        ("Bankgiro", "bankgiro"),
        ("Er egen elektroniska adress", "address"),
        ("Elektronisk adress till den som skriver ut", "prints_at"),
        ("Vad numren börjar med", "series"),
    ):
        lead.get_by_label(label).fill(SENDER[name])
    both_widths(lead)
    lead.get_by_role("button", name="Spara").click()

    # Bo hands in the file: two rows are right, two wait for him.
    page.get_by_role("link", name="Lämna in en fil").click()
    hand_in(page)
    expect(page.locator("main")).to_contain_text("VAC-000002")
    expect(page.get_by_text("2 rader är klara. 2 väntar. 0 fanns redan.")).to_be_visible()
    expect(page.locator("tr", has_text="Kom in")).to_contain_text("28\u00a0325,00")
    both_widths(page)
    page.goto(page.url.partition("/adoptions/")[0] + "/work/")
    expect(page.locator("main")).to_contain_text("2 rader väntar")
    page.get_by_role("link", name="Rätta eller avvisa").click()

    # He puts one right, and rejects the other with a reason.
    page.get_by_role("link", name="Rad 4").click()
    both_widths(page)
    page.get_by_label("Vaccinationsdag").fill("2026-10-05")
    page.get_by_role("button", name="Nu stämmer den").click()
    page.get_by_role("link", name="Rad 5").click()
    page.get_by_label("Varför ska det inte bli något av den?").fill("Fel belopp, mottagningen skickar en ny")
    page.get_by_role("button", name="Avvisa raden").click()
    expect(page.locator("main")).to_contain_text("Allt som kom in är redovisat.")
    expect(page.locator("tr", has_text="Blev dokument")).to_contain_text("825,00")
    expect(page.locator("tr", has_text="Avvisade")).to_contain_text("27\u00a0500,00")
    expect(page.locator("tr", has_text="Oredovisat")).to_contain_text("0,00")

    # The same file again makes nothing new.
    hand_in(page)
    expect(page.get_by_text("0 rader är klara. 0 väntar. 4 fanns redan.")).to_be_visible()

    # One invoice on paper and as an electronic one, and all of them as a zip.
    with page.expect_download() as taken:
        page.get_by_role("link", name="PDF VAC-000001").click()
    pdf = PdfReader(io.BytesIO(taken.value.path().read_bytes()))
    assert "Doris Sandell" in pdf.pages[0].extract_text() and "275,00 kr" in pdf.pages[0].extract_text()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Elektronisk faktura VAC-000002").click()
    assert b'<cbc:EndpointID schemeID="0088">7300010000001<' in taken.value.path().read_bytes()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Alla som en fil (zip)").click()
    with zipfile.ZipFile(taken.value.path()) as archive:
        assert len(archive.namelist()) == 6

    # Alva sees what it saves.
    lead.goto(lead.url.partition("/adoptions/")[0] + page_of(office, "adoption"))
    expect(lead.locator("main")).to_contain_text("Sparade timmar")
    expect(lead.locator("tr", has_text="Programmering")).to_contain_text("700")
    both_widths(lead)


def test_rows_that_a_system_sends_become_invoices_and_what_is_wrong_waits_for_bo(
    office: Adoption, bo: User, wall: Wall, open_as: OpenAs
) -> None:
    services.change_adoption(office, name=office.name, overlay={"sender": SENDER})
    work = services.enrol(office, title="Höstens vaccinationer", key="M-1")
    told(wall, work, ("2026-10-07 09:00", "mapped", MAPPED), ("2026-10-07 10:00", "programmed", PROGRAMMED))
    _row, secret = services.issue_token(office, label="Vaccinationsregistret", bearer=Token.Bearer.SYSTEM)
    page = open_as(bo, page_of(office, "files"))
    heading, *lines = FILE.splitlines()
    rows = [dict(zip(heading.split(";"), line.split(";"), strict=True)) for line in lines]
    address = f"{page.url.partition('/adoptions/')[0]}/api/v1/files/vaccinations?enrolment=M-1"
    for counted in ({"taken": 2, "known": 0}, {"taken": 0, "known": 4}):
        answer = page.request.post(address, data=rows, headers={"authorization": f"Bearer {secret}"})
        assert answer.json() | counted == answer.json()
    page.reload()
    expect(page.locator("main")).to_contain_text("VAC-000002")
    page.get_by_role("link", name="Rad 3").click()
    expect(page.locator("main")).to_contain_text("i måndags")

"""The pages of files: who may, what is shown, a row put right or rejected, documents taken out; all reading logged."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from genklang.operate import services
from genklang.operate.filed import FileRow, Issued
from genklang.operate.models import Event
from genklang.people.models import AccessLog, Person, User
from tests.conftest import SignIn
from tests.web.operate_paperwork.conftest import GOOD, HEAD, SENDER, WRONG, Office

pytestmark = pytest.mark.django_db
CAST = ("alva", "bo", "fia", "cia", "doris", "elin", "nobody")
#                      alva bo  fia cia doris elin nobody
TABLE = {
    "files": "200 200 404 404 404 404 302",
    "sender": "200 403 404 404 404 404 302",
    "file-row": "403 200 404 404 404 404 302",
    "document-pdf": "200 200 404 404 404 404 302",
    "document-xml": "200 200 404 404 404 404 302",
    "documents-zip": "200 200 404 404 404 404 302",
}


@pytest.fixture
def everyone(
    alva: User, bo: User, fia: User, cia: User, doris: Person, elin: User, sign_in: SignIn
) -> dict[str, Client]:
    """Each of the cast, signed in."""
    people: dict[str, User | Person] = {"alva": alva, "bo": bo, "fia": fia, "cia": cia, "doris": doris, "elin": elin}
    return {"nobody": Client(), **{name: sign_in(who) for name, who in people.items()}}


def to(office: Office, name: str, *rest: object) -> str:
    return reverse(f"operate:{name}", args=[office.adoption.public_id, *rest])


def file(rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("rader.csv", (HEAD + rows).encode())


@pytest.mark.parametrize("page", TABLE)
def test_who_may_open(page: str, office: Office, everyone: dict[str, Client]) -> None:
    office.with_sender().hand_in(GOOD + WRONG)
    rest: dict[str, list[object]] = {
        "file-row": [FileRow.objects.filter(status="waiting")[0].public_id],
        "document-pdf": [Issued.objects.all()[0].public_id],
        "document-xml": [Issued.objects.all()[0].public_id],
    }
    path = to(office, page, *rest.get(page, []))
    seen = {who: str(client.get(path).status_code) for who, client in everyone.items()}
    assert seen == dict(zip(CAST, TABLE[page].split(), strict=True))


def test_who_may_hand_in(office: Office, everyone: dict[str, Client]) -> None:
    path = to(office, "hand-in", "rows")
    seen = {who: everyone[who].post(path, {"rows-file": file(GOOD), "rows-belongs": "M-1"}).status_code for who in CAST}
    assert list(seen.values()) == [403, 302, 404, 404, 404, 404, 302]
    assert Event.objects.filter(kind="row").count() == 2


def test_a_file_is_handed_in_a_row_put_right_and_another_rejected(office: Office, everyone: dict[str, Client]) -> None:
    office.with_sender()
    bo = everyone["bo"]
    data = {"rows-file": file(GOOD + WRONG), "rows-belongs": "M-1"}
    page = bo.post(to(office, "hand-in", "rows"), data, follow=True).content.decode()
    assert "2 rows are done. 2 wait." in page and "VAC-000002" in page and "All that came in is accounted for" in page
    assert "2 rows wait" in bo.get("/work/").content.decode()
    first, second = FileRow.objects.filter(status="waiting")
    path = to(office, "file-row", first.public_id)
    shown = bo.get(path).content.decode()
    assert "i våras" in shown and "an answer is missing" in shown
    again = bo.post(path, {"number": "R3", "name": "Tage", "day": "i våras", "amount": "275"})
    assert again.status_code == 422 and "Tage" in again.content.decode()
    right = {"number": "R3", "name": "Tage", "day": "2026-02-12", "amount": "275"}
    assert bo.post(path, right).status_code == 302
    path = to(office, "file-row", second.public_id)
    assert bo.post(path, {"reject": "1", "reject-why": ""}).status_code == 422
    assert bo.post(path, {"reject": "1", "reject-why": "Fel mottagning"}).status_code == 302
    page = bo.get(to(office, "files")).content.decode()
    assert "All that came in is accounted for" in page and "rows wait" not in bo.get("/work/").content.decode()
    assert bo.get(path).status_code == 302


def test_a_file_that_cannot_be_read_is_told_and_nothing_taken(office: Office, everyone: dict[str, Client]) -> None:
    wrong = SimpleUploadedFile("rader.csv", b"nummer;namn\nR1;Doris\n")
    answer = everyone["bo"].post(to(office, "hand-in", "rows"), {"rows-file": wrong, "rows-belongs": "M-1"})
    assert answer.status_code == 422 and "no column" in answer.content.decode()
    assert not FileRow.objects.exists()
    assert everyone["bo"].post(to(office, "hand-in", "rows"), {}).status_code == 422


def test_the_sender_is_written_and_what_waited_is_issued(office: Office, everyone: dict[str, Client]) -> None:
    office.hand_in(GOOD)
    path = to(office, "sender")
    wrong = everyone["alva"].post(path, {**SENDER, "language": "sv", "bankgiro": "123"})
    assert wrong.status_code == 422 and "is no bankgiro number" in wrong.content.decode()
    assert not Issued.objects.exists()
    assert everyone["alva"].post(path, {**SENDER, "language": "sv"}).status_code == 302
    assert Issued.objects.count() == 2


def test_documents_are_taken_out_one_by_one_and_all(office: Office, everyone: dict[str, Client]) -> None:
    office.with_sender().hand_in(GOOD)
    bo, issued = everyone["bo"], Issued.objects.order_by("place")[0]
    pdf = bo.get(to(office, "document-pdf", issued.public_id))
    assert pdf.content.startswith(b"%PDF-1.7") and "VAC-000001.pdf" in pdf["Content-Disposition"]
    xml = bo.get(to(office, "document-xml", issued.public_id)).content.decode()
    assert '<cbc:PayableAmount currencyID="SEK">275.50</cbc:PayableAmount>' in xml
    packed = b"".join(bo.get(to(office, "documents-zip")).streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == [f"VAC-00000{n}.{kind}" for n in (1, 2) for kind in ("pdf", "xml")]
        assert archive.testzip() is None
    purposes = AccessLog.objects.filter(actor=office.bo, action="export").values_list("purpose", flat=True)
    assert sorted(purposes) == ["all documents, Fakturering", "document VAC-000001", "document VAC-000001"]


def test_seeing_the_recipients_names_is_logged(office: Office, everyone: dict[str, Client]) -> None:
    office.with_sender().hand_in(GOOD + WRONG)
    everyone["alva"].get(to(office, "files"))
    assert AccessLog.objects.filter(actor__name="Alva", action="list", purpose__contains="documents").count() == 1
    everyone["bo"].get(to(office, "file-row", FileRow.objects.filter(status="waiting")[0].public_id))
    assert AccessLog.objects.filter(actor=office.bo, action="view").count() == 1


def test_a_cancelled_document_says_so_and_is_not_sent(office: Office, everyone: dict[str, Client]) -> None:
    office.with_sender().hand_in(GOOD)
    issued = Issued.objects.order_by("place")[0]
    services.void(Event.objects.get(key=issued.event), user=office.bo, role="clerk")
    assert "Cancelled" in everyone["bo"].get(to(office, "files")).content.decode()
    assert everyone["bo"].get(to(office, "document-xml", issued.public_id)).status_code == 404
    assert everyone["bo"].get(to(office, "document-pdf", issued.public_id)).status_code == 200


def test_without_an_address_there_is_only_paper(office: Office, everyone: dict[str, Client]) -> None:
    sender = {**SENDER, "prints_at": ""}
    services.change_adoption(office.adoption, name="Fakturering", overlay={"sender": sender})
    office.hand_in(GOOD)
    page = everyone["bo"].get(to(office, "files")).content.decode()
    assert "PEPPOL-EN16931-R010: The recipient has an electronic address." in page


def test_rows_come_by_the_api_too(office: Office, client: Client) -> None:
    _token, secret = services.issue_token(office.adoption, label="Vaccinationssystemet", bearer="system")
    rows = [{"number": "R1", "name": "Doris", "day": "2026-02-10", "amount": 275.5}, {"number": "R2", "name": "Gun"}]
    headers = {"authorization": f"Bearer {secret}"}

    def post(name: str, body: object) -> tuple[int, dict[str, object]]:
        path = f"/api/v1/files/{name}?enrolment=M-1"
        answer = client.post(path, body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    done = {"taken": 1, "known": 0, "waiting": 1, "rejected": 0}
    assert post("rows", rows) == (200, done)
    assert post("rows", rows) == (200, {"taken": 0, "known": 2, "waiting": 0, "rejected": 0})
    assert post("nothing", rows)[0] == 404
    assert post("rows", [{"colour": "red"}])[0] == 422
    _other, device = services.issue_token(office.adoption, label="Givare", bearer="device")
    headers["authorization"] = f"Bearer {device}"
    assert post("rows", rows)[0] == 403


def test_what_is_simulated_says_so_on_its_face(office: Office, everyone: dict[str, Client]) -> None:
    office.adoption.simulated = True
    office.adoption.save()
    office.with_sender().hand_in(GOOD)
    issued = Issued.objects.order_by("place")[0]
    pdf = everyone["bo"].get(to(office, "document-pdf", issued.public_id))
    assert "simulated-VAC-000001.pdf" in pdf["Content-Disposition"]
    assert "Simulerad" in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    xml = everyone["bo"].get(to(office, "document-xml", issued.public_id)).content.decode()
    assert "<cbc:Note>Simulerad: inget ska betalas</cbc:Note>" in xml


def test_a_row_that_belongs_nowhere_is_given_a_place(office: Office, everyone: dict[str, Client]) -> None:
    office.hand_in("M-9;R1;Doris;2026-02-10;275,50\n", head="enrolment;" + HEAD)
    row = FileRow.objects.get()
    path = to(office, "file-row", row.public_id)
    assert "is not known here" in everyone["bo"].get(path).content.decode()
    right = {"enrolment": "M-1", "number": "R1", "name": "Doris", "day": "2026-02-10", "amount": "275,50"}
    assert everyone["bo"].post(path, {**right, "enrolment": ""}).status_code == 422
    assert everyone["bo"].post(path, right).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.enrolment) == ("taken", "M-1")

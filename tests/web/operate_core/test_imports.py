"""Files: previewed, imported whole or not at all, and the same file twice adds nothing."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from genklang.operate import services
from genklang.operate.imports import apply_import, preview_import
from genklang.operate.models import Adoption, Alarm, Enrolment, Event, Outbox, OutcomeFact, Task
from genklang.operate.problems import Refused
from genklang.people.models import AccessLog, Organisation, Person, User
from tests.web.operate_core.conftest import PRACTICES, Wall, Ward, publish

pytestmark = pytest.mark.django_db
ROSSI = PRACTICES / "usa-ekonomiskt-stod-efter-fangelse"


@pytest.fixture
def trial(lindmala: Organisation, wall: Wall) -> Adoption:
    """The imported past of the American trial."""
    version = publish((ROSSI / "protocol.yaml").read_text())
    return services.adopt(organisation=lindmala, protocol_version=version, actor=None, name="Rossi", historical=True)


def test_the_real_trial_is_imported_through_the_engine(trial: Adoption, alva: User) -> None:
    content = (ROSSI / "data.csv").read_bytes()
    preview = preview_import(trial, content, file="data.csv")
    assert (preview.rows, preview.new_enrolments, preview.problems) == (1842, 432, ())
    assert preview.can_be_applied and not Enrolment.objects.exists()
    batch = apply_import(trial, content, file="data.csv", user=alva)
    assert (batch.rows, batch.enrolments, batch.duplicates) == (1842, 432, 0)
    assert Event.objects.filter(batch=batch, held=None).count() == 1842
    assert Enrolment.objects.filter(arm="aid", stage="ended", deadline=None).count() == 216
    assert Event.objects.filter(kind="arrested", enrolment__arm="no_aid").count() == 66
    assert OutcomeFact.objects.filter(expectation="year", status="met", current=True).count() == 432
    assert not (Alarm.objects.exists() or Task.objects.exists() or Outbox.objects.exists())
    assert AccessLog.objects.filter(action="import", actor=alva).count() == 1
    again = preview_import(trial, content, file="data.csv")
    assert (again.duplicates, again.can_be_applied) == (1842, False)


def test_one_bad_row_and_nothing_is_imported(trial: Adoption) -> None:
    good = (ROSSI / "data.csv").read_text().splitlines()[:6]
    content = "\n".join([*good, "rossi-001,arrested,1975-07-01,,,,,,", "rossi-002,enrolled,in June,,,,,,"]).encode()
    with pytest.raises(Refused):
        apply_import(trial, content, file="data.csv", user=None)
    assert not Enrolment.objects.exists() and not Event.objects.exists() and not Person.objects.exists()


HEAD = "enrolment,event,occurred_at"


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        (["U-9,dose_taken,2026-03-02 07:00"], 2, "enrolment"),
        (["U-1,dose_taken,29 March"], 2, "occurred_at"),
        (["U-1,dose_taken,2026-03-29 02:30"], 2, "occurred_at"),  # the clock was put forward over it
        (["U-1,dose_taken,2026-03-02 08:00"], 2, "occurred_at"),  # it has not been yet
        (["U-1,dose_eaten,2026-03-02 07:00"], 2, "event"),
        (["U-1,,2026-03-02 07:00"], 2, "event"),
        (["U-1,resumed,2026-03-02 07:00"], 2, "event"),  # the stage forbids it
        (["U-1,heartbeat,2026-03-02 07:01", "U-1,heartbeat,2026-03-02 07:01"], 3, ""),
    ],
)
def test_every_bad_row_is_shown(ward: Ward, rows: list[str], line: int, column: str) -> None:
    preview = preview_import(ward.adoption, "\n".join([HEAD, *rows]).encode(), file="x.csv")
    assert [(one.line, one.column) for one in preview.problems] == [(line, column)]
    assert not preview.can_be_applied
    assert str(preview.problems[0]).count(":") >= 2


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("U-1,ended,29 March,,moved away", ["occurred_at", "reason"]),  # neither its time nor its answer can be read
        (",ended,29 March,,moved away", ["enrolment", "occurred_at", "reason"]),
        ("U-9,ended,2026-03-02 07:00,,moved away", ["enrolment", "reason"]),
        ("U-1,ended,2026-03-02 08:00,,moved away", ["occurred_at", "reason"]),  # in the future, and unreadable
        ("U-1,ended,2026-03-01 08:00,,moved away", ["occurred_at", "reason"]),  # before the enrolment
        ("U-1,ended,2026-03-02 07:00,postman,moved away", ["event", "reason"]),  # nobody that may report it
        ("U-1,resumed,2026-03-02 07:00,postman,moved", ["event", "event", "reason"]),  # nor is it possible now
    ],
)
def test_all_that_is_wrong_with_a_row_is_told(ward: Ward, row: str, columns: list[str]) -> None:
    content = f"{HEAD},by,reason\n{row}\n".encode()
    preview = preview_import(ward.adoption, content, file="x.csv")
    assert sorted(one.column for one in preview.problems) == columns
    assert len({str(one) for one in preview.problems}) == len(columns)


def test_rows_of_an_unknown_enrolment_are_told_of_each(ward: Ward) -> None:
    rows = ["U-9,ended,2026-03-02 07:00,moved away", "U-9,eaten,2026-03-02 07:00,"]
    preview = preview_import(ward.adoption, "\n".join([f"{HEAD},reason", *rows]).encode(), file="x.csv")
    assert [(one.line, one.column) for one in preview.problems] == [(2, "enrolment"), (2, "reason"), (3, "event")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"%PDF-1.7 \x00\x01",
        b"PK\x03\x04 broken",
        b"hello\n",
        b"enrolment,event\nU-1,installed\n",
        b"enrolment,event,occurred_at,colour\nU-1,installed,2026-03-02,red\n",
        b"enrolment,event,event,occurred_at\n",
        b"enrolment,event,occurred_at\n",
        b'enrolment,event,occurred_at\nU-1,"installed,2026-03-02\n',
        b"enrolment,event,occurred_at\nU-1,installed,2026-03-02,extra\n",
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(dispensers: Adoption, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        preview_import(dispensers, content, file="x.csv")
    assert all(str(problem).startswith("x.csv") and problem.instead for problem in refused.value.problems)


@pytest.mark.parametrize("form", ["semicolons", "tabs", "latin-1", "bom", "xlsx"])
def test_the_usual_forms_are_read(ward: Ward, form: str) -> None:
    rows = [["enrolment", "event", "occurred_at", "reason"], ["U-1", "ended", "2026-03-02 07:00", "Flyttade"]]
    content = {
        "semicolons": "\r\n".join(";".join(row) for row in rows).encode(),
        "tabs": "\n".join("\t".join(row) for row in rows).encode("utf-8"),
        "latin-1": "\n".join(",".join(row) for row in rows).encode("latin-1"),
        "bom": "\n".join(",".join(row) for row in rows).encode("utf-8-sig"),
        "xlsx": _workbook(rows),
    }[form]
    assert preview_import(ward.adoption, content, file="x").problems == ()
    apply_import(ward.adoption, content, file="x", user=None)
    assert Event.objects.get(kind="ended").data == {"reason": "moved"}


def _workbook(rows: list[list[str]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_that_swells_is_refused(dispensers: Adoption) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as part:
        for _ in range(401):
            part.write(bytes(1024 * 1024))
    with pytest.raises(Refused, match="1 problems"):
        preview_import(dispensers, packed.getvalue(), file="x.xlsx")

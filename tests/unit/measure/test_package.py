"""The package of a study: the same values in CSV and in Parquet, every column described, the same bytes twice."""

import csv
import hashlib
import io
import json
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest

from genklang.measure.package import About, Resource, package
from genklang.protocol.reading import read_protocol

PROTOCOL = read_protocol(
    (Path(__file__).parents[3] / "practices/eskilstuna-hemrehab/protocol.yaml").read_text(), file="protocol.yaml"
)
COLUMNS: dict[str, list[object]] = {
    "participant": ["P0001", "P0002", "P0003"],
    "arm": ["training", "usual", None],
    "age_group": ["age_65_75", "age_86_95", "age_65_75"],
    "first_time": [True, None, False],
    "hours_12": [10.5, None, 26],
}


def made(*, simulated: bool = False) -> ZipFile:
    about = About(
        protocol=PROTOCOL,
        digest="sha256:abc",
        title="Hemrehab",
        created="2026-01-01",
        simulated=simulated,
        language="sv",
    )
    return ZipFile(io.BytesIO(package(about, [Resource("study", "En rad per deltagare", COLUMNS, "participant")])))


def test_both_forms_hold_the_same_values(tmp_path: Path) -> None:
    archive = made()
    rows = list(csv.DictReader(io.StringIO(archive.read("study.csv").decode())))
    assert [row["first_time"] for row in rows] == ["true", "", "false"]
    path = Path(archive.extract("study.parquet", tmp_path))
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT participant, arm, first_time, hours_12 FROM '{path}' ORDER BY 1").fetchall()
    assert found == [
        ("P0001", "training", True, 10.5),
        ("P0002", "usual", None, None),
        ("P0003", None, False, 26.0),
    ]


def test_every_column_is_described_and_every_file_accounted_for() -> None:
    archive = made()
    described = json.loads(archive.read("datapackage.json"))
    for resource in described["resources"]:
        content = archive.read(resource["path"])
        assert resource["bytes"] == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert [field["name"] for field in resource["schema"]["fields"]] == list(COLUMNS)
    fields = {field["name"]: field for field in described["resources"][0]["schema"]["fields"]}
    assert {name: field["type"] for name, field in fields.items()} == {
        "participant": "string",
        "arm": "string",
        "age_group": "string",
        "first_time": "boolean",
        "hours_12": "number",
    }
    assert fields["age_group"]["categories"][0] == {"value": "age_65_75", "label": "65–75 år"}
    assert "followed_up" in fields["hours_12"]["description"]


@pytest.mark.parametrize("simulated", [True, False])
def test_invented_people_are_marked_in_every_row(simulated: bool) -> None:
    archive = made(simulated=simulated)
    rows = archive.read("study.csv").decode().splitlines()
    assert all(("simulated" in row) == simulated for row in rows[1:])
    assert ("simulated" in json.loads(archive.read("datapackage.json"))["name"]) == simulated


def test_an_empty_table_is_a_table() -> None:
    about = About(protocol=PROTOCOL, digest="d", title="t", created="c", simulated=False, language="en")
    archive = ZipFile(io.BytesIO(package(about, [Resource("study", "", {"participant": []}, "participant")])))
    assert archive.read("study.csv").decode() == "participant\n"

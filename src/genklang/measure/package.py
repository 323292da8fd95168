"""An analysis-ready package of a study: tables as CSV and Parquet, and a dictionary of every column.

Follows the Frictionless Data Package, version 2 (datapackage.org). Values are as measured; a truth is true or false, a
missing value empty.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from genklang.protocol.types import DataField, Protocol

Language = Literal["sv", "en"]
Columns = Mapping[str, Sequence[Any]]
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say: the same content gives the same bytes


@dataclass(frozen=True)
class Resource:
    """A table of the package. `columns` all have the same length; `key` names the one that tells rows apart."""

    name: str
    title: str
    columns: Columns
    key: str | None = None


@dataclass(frozen=True)
class About:
    """What the package is of. `simulated` people are told of in its title, name and every row."""

    protocol: Protocol
    digest: str
    title: str
    created: str
    simulated: bool
    language: Language


def package(about: About, resources: Sequence[Resource]) -> bytes:
    """The package as a zip file: datapackage.json, and each resource as CSV and as Parquet."""
    files: dict[str, bytes] = {}
    described = []
    for one in resources:
        marked = _marked(one, about)
        text, parquet = _as_csv(marked), _as_parquet(marked)
        files |= {f"{one.name}.csv": text, f"{one.name}.parquet": parquet}
        described.append(_resource(about, marked, f"{one.name}.csv", text, ("csv", "text/csv")))
        described.append(
            _resource(about, marked, f"{one.name}.parquet", parquet, ("parquet", "application/vnd.apache.parquet"))
        )
    descriptor = json.dumps(_descriptor(about, described), ensure_ascii=False, indent=2).encode()
    return _zipped({"datapackage.json": descriptor, **files})


def _marked(one: Resource, about: About) -> Resource:
    if not about.simulated:
        return one
    rows = len(next(iter(one.columns.values()), ()))
    return Resource(one.name, one.title, {"data": ["simulated"] * rows, **one.columns}, one.key)


def _descriptor(about: About, resources: list[dict[str, Any]]) -> dict[str, Any]:
    protocol = about.protocol
    words = protocol.study.question.in_language(about.language) if protocol.study else ""
    return {
        "$schema": PROFILE,
        "name": f"{'simulated-' if about.simulated else ''}{protocol.practice}",
        "title": about.title,
        "description": words,
        "version": protocol.version,
        "created": about.created,
        "keywords": [protocol.practice, *(["simulated"] if about.simulated else [])],
        "sources": [{"title": f"protocol.yaml {protocol.version}, {about.digest}"}],
        "resources": resources,
    }


def _resource(about: About, one: Resource, path: str, content: bytes, kind: tuple[str, str]) -> dict[str, Any]:
    form, media = kind
    schema: dict[str, Any] = {
        "fields": [_field(about, name, values) for name, values in one.columns.items()],
        "missingValues": [""],
    }
    if one.key:
        schema["primaryKey"] = [one.key]
    return {
        "name": f"{one.name}-{form}",
        "title": one.title,
        "path": path,
        "type": "table",
        "format": form,
        "mediatype": media,
        **({"encoding": "utf-8"} if form == "csv" else {}),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }


def _field(about: About, name: str, values: Sequence[Any]) -> dict[str, Any]:
    """One column of the dictionary: its type, what it is called, what it is measured by, and its answers."""
    protocol, language = about.protocol, about.language
    found: dict[str, Any] = {"name": name, "type": _type(values)}
    study = protocol.study
    outcome = (study.outcomes.get(name) or study.series.get(name)) if study else None
    fact = protocol.facts.get(name)
    if outcome is not None:
        found |= {"title": outcome.in_language(language), "description": _measured(outcome)}
    elif fact is not None:
        found |= {"title": fact.in_language(language)} | _answers(fact, language)
    elif name == "arm" and protocol.randomise:
        arms = {key: arm.in_language(language) for key, arm in protocol.randomise.arms.items()}
        found |= {"title": "arm", "categories": [{"value": key, "label": said} for key, said in arms.items()]}
    return found


def _measured(outcome: Any) -> str:
    """How it is measured: the aggregate and the rows it is of; for two times, both."""
    parts = [f"{key}: {value}" for key in ("of", "value", "before", "after") if (value := getattr(outcome, key, None))]
    return "; ".join(parts)


def _answers(fact: DataField, language: Language) -> dict[str, Any]:
    if fact.type != "choice":
        return {}
    answers = [{"value": key, "label": text.in_language(language)} for key, text in fact.options.items()]
    return {"categories": answers}


def _type(values: Sequence[Any]) -> str:
    """The Table Schema type that every value has; "any" where nothing is known."""
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return "any"
    if kinds == {bool}:
        return "boolean"
    if kinds <= {int}:
        return "integer"
    return "number" if kinds <= {int, float} else "string"


def _as_csv(one: Resource) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(one.columns)
    writer.writerows([[_cell(value) for value in row] for row in zip(*one.columns.values(), strict=True)])
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


_PARQUET = {"boolean": "BOOLEAN", "integer": "BIGINT", "number": "DOUBLE", "string": "VARCHAR", "any": "VARCHAR"}


def _as_parquet(one: Resource) -> bytes:
    import duckdb

    types = {name: _PARQUET[_type(values)] for name, values in one.columns.items()}
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "table.parquet"
        columns = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        connection.execute(f"CREATE TABLE rows ({columns})")
        rows = [
            [_plain(value, types[name]) for name, value in zip(one.columns, row, strict=True)]
            for row in zip(*one.columns.values(), strict=True)
        ]
        if rows:
            marks = ", ".join("?" * len(types))
            connection.executemany(f"INSERT INTO rows VALUES ({marks})", rows)
        connection.execute(f"COPY rows TO '{path}' (FORMAT parquet)")
        return path.read_bytes()


def _plain(value: Any, kind: str) -> Any:
    return str(value) if kind == "VARCHAR" and value is not None else value


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()

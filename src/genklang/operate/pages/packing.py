"""A study's data for somebody who wants to analyse it: numbers for names, and a dictionary of every column."""

from typing import Any

from django.utils.translation import gettext as _

from genklang.measure.over_time import followed_columns
from genklang.measure.package import About, Resource, package
from genklang.measure.study import study_table
from genklang.measure.tables import Tables
from genklang.operate import clock
from genklang.operate.models import Adoption
from genklang.operate.pages.figures import csv_rows
from genklang.operate.pages.measuring import measured_now, tables_of
from genklang.operate.pages.protocols import protocol_of, words_of
from genklang.operate.pages.words import language
from genklang.protocol.types import Protocol


def package_of(adoption: Adoption) -> bytes:
    """The package: the study's table, its series where it has any, and the indicators."""
    protocol = protocol_of(adoption.protocol_version)
    tables = tables_of(adoption)
    resources = [Resource("study", _("One row a participant"), _table(protocol, tables), "participant")]
    if protocol.study and protocol.study.series:
        resources.append(Resource("series", _("One row a period"), followed_columns(protocol, tables), "period"))
    header, *rows = csv_rows(measured_now(adoption).values, words_of(adoption))
    columns = {name: [_written(row[place]) for row in rows] for place, name in enumerate(header)}
    resources.append(Resource("indicators", _("The figures that matter to people"), columns))
    about = About(
        protocol=protocol,
        digest=adoption.protocol_version.digest,
        title=adoption.name,
        created=clock.moment(clock.now()).isoformat(),
        simulated=adoption.simulated,
        language=language(),
    )
    return package(about, resources)


def _table(protocol: Protocol, tables: Tables) -> dict[str, list[Any]]:
    """The study's table with numbers for names, and without free text: that could name anybody."""
    table = study_table(protocol, tables)
    count = len(table.pop("enrolment"))
    free = {name for name, fact in protocol.facts.items() if fact.type in ("text", "reference", "file", "participant")}
    kept = {name: column for name, column in table.items() if name not in free}
    return {"participant": [f"P{place + 1:04}" for place in range(count)], **kept}


def _written(cell: object) -> object:
    return None if cell == "" else cell

"""Turns the 432 rows of lifelines' load_rossi into enrolments and events, one event a row.

The source counts whole weeks after release and has no dates. Everybody therefore gets the same nominal release,
Monday 6 January 1975 at noon UTC: the dates carry order and distance, nothing else. An arrest in week w is put on the
last day of that week, 7 × w − 1 days after release, so that one in week 52 lies within 52 weeks. Everybody was followed
for 52 weeks, also those arrested. The source's column for race is left out: the practice's questions do not need it,
and what is not needed is not kept.
"""

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
from lifelines.datasets import load_rossi

FILE = Path(__file__).resolve().parent.parent / "practices" / "usa-ekonomiskt-stod-efter-fangelse" / "data.csv"
RELEASE = datetime(1975, 1, 6, 12, 0, tzinfo=UTC)
ALLOCATION = RELEASE + timedelta(minutes=2)
WEEKS = 52
FACTS = {"age": "age", "work_experience": "wexp", "married": "mar", "parole": "paro", "prior_convictions": "prio"}
YES_NO = {"work_experience", "married", "parole"}
COLUMNS = ["enrolment", "event", "occurred_at", "arm", *FACTS]

Row = dict[str, str]


def as_csv(people: pd.DataFrame) -> str:
    """The events of all people as CSV with a heading row; person by person in the source's order."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for number, person in enumerate(people.to_dict("records"), start=1):
        writer.writerows(events(f"rossi-{number:03d}", {str(key): int(value) for key, value in person.items()}))
    return buffer.getvalue()


def events(enrolment: str, person: dict[str, int]) -> Iterator[Row]:
    """What happened to one person, in order; the minutes after release only keep the first three in order."""
    yield _row(enrolment, "enrolled", RELEASE)
    yield _row(enrolment, "baseline", RELEASE + timedelta(minutes=1), **_facts(person))
    yield _row(enrolment, "allocated", ALLOCATION, arm="aid" if person["fin"] else "no_aid")
    if person["arrest"]:
        yield _row(enrolment, "arrested", ALLOCATION + timedelta(days=7 * person["week"] - 1))
    yield _row(enrolment, "followed_up", ALLOCATION + timedelta(weeks=WEEKS))


def main(arguments: list[str]) -> int:
    """Writes the file, or with --check compares it; 1 when it differs."""
    parser = argparse.ArgumentParser(prog="script/rossi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the file differs")
    asked = parser.parse_args(arguments)
    made = as_csv(load_rossi())
    if not asked.check:
        FILE.write_text(made, encoding="utf-8", newline="")
        return 0
    if FILE.exists() and FILE.read_text(encoding="utf-8") == made:
        return 0
    print(f"{FILE.name}: differs from what the script makes. Run script/rossi and commit the file.", file=sys.stderr)
    return 1


def _row(enrolment: str, event: str, at: datetime, **more: str) -> Row:
    return {"enrolment": enrolment, "event": event, "occurred_at": at.isoformat(), **more}


def _facts(person: dict[str, int]) -> Row:
    return {name: _written(name, person[column]) for name, column in FACTS.items()}


def _written(name: str, value: int) -> str:
    return ("true" if value else "false") if name in YES_NO else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

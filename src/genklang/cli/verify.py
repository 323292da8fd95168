"""`genklang verify`: proves for every enrolment that state = fold(log, horizon), byte for byte, and its rows too."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genklang.operate.models import Enrolment
    from genklang.operate.proving import Difference

SHOWN = 20
AT_A_TIME = 50


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "verify",
        help="prove that every enrolment's state is what its log folds to",
        description="Folds every log anew and compares with what is stored: state byte for byte, facts, dues, alarms.",
    )
    parser.add_argument("--json", action="store_true", help="what was found, as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when everything agrees; 1 when something does not, or the database is not ready (why: on stderr)."""
    from genklang.cli.setting_up import ready

    if not ready():
        return 1
    checked, found = _found()
    if args.json:
        wrong = [{"enrolment": one.enrolment, "what": one.what} for one in found]
        print(json.dumps({"enrolments": checked, "differences": wrong}, indent=2))
    else:
        _tell(checked, found)
    return 1 if found else 0


def _found() -> tuple[int, list[Difference]]:
    from genklang.operate.proving import differences

    checked = 0
    found: list[Difference] = []
    for batch in _batches():
        checked += len(batch)
        found += differences(batch)
    return checked, found


def _batches() -> Iterator[list[Enrolment]]:
    """All enrolments, some at a time: each batch is locked while it is compared, so that nothing changes under it."""
    from django.db import transaction

    from genklang.operate.models import Enrolment

    last = 0
    while True:
        with transaction.atomic():
            rows = Enrolment.objects.with_protocol().select_for_update(of=("self",))
            batch = list(rows.filter(pk__gt=last).order_by("pk")[:AT_A_TIME])
            if not batch:
                return
            yield batch
        last = batch[-1].pk


def _tell(checked: int, found: list[Difference]) -> None:
    print(f"{checked} enrolments compared with their logs, {len({one.enrolment for one in found})} differ.")
    for one in found[:SHOWN]:
        print(f"enrolment {one.enrolment}: {one.what}.", file=sys.stderr)
    if len(found) > SHOWN:
        print(f"… and {len(found) - SHOWN} more; --json lists all.", file=sys.stderr)
    if found:
        print("Mend them on the lead's page “What needs mending”, and run it again.", file=sys.stderr)

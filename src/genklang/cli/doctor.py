"""`genklang doctor`: whether all is well here, point by point, and what to do where it is not."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genklang.operate.checkup import Point


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "doctor",
        help="say whether all is well here, and what to do where it is not",
        description="Looks at database, tables, clock, worker, deadlines, outbox, enrolments, disk and mail.",
    )
    parser.add_argument("--json", action="store_true", help="the points as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when all is well, else 1."""
    found = _points()
    if args.json:
        points = [{"name": one.name, "well": one.well, "says": one.says, "instead": one.instead} for one in found]
        print(json.dumps({"well": all(one.well for one in found), "points": points}, ensure_ascii=False, indent=2))
    else:
        print(*map(_line, found), sep="\n")
    return 0 if all(one.well for one in found) else 1


def _points() -> list[Point]:
    """The points so far, when the database goes away in the middle."""
    from genklang.cli.setting_up import start_django

    start_django()
    from django.db import DatabaseError

    from genklang.operate import checkup, clock

    found: list[Point] = []
    try:
        for point in checkup.points(clock.now()):
            found.append(point)
            if point.name == "migrations" and not point.well:
                break  # the other points ask tables that may not be there
    except DatabaseError as error:
        instead = "Check GENKLANG_DATABASE, and that the database runs and has room."
        found.append(checkup.Point("database", False, f"does not answer ({type(error).__name__})", instead))
    return found


def _line(point: Point) -> str:
    line = f"{'ok   ' if point.well else 'WRONG'} {point.name}: {point.says}."
    return line if point.well else f"{line} {point.instead}"

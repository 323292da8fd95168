"""`genklang audit`: whether every random sample and every allocation is what the adoption's secret seed says."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genklang.operate.auditing import Drawn

DESCRIPTION = """Draws everything again by the adoptions' secret seeds, and compares with the logs.
Tells neither a seed nor what will be drawn next."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "audit", help="check random samples and allocations against the secret seed", description=DESCRIPTION
    )
    parser.add_argument("adoption", nargs="?", default="", help="the name of one adoption; left out: all of them")
    parser.add_argument("--json", action="store_true", help="every draw, as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when everything agrees; 1 when something does not, or there is no such adoption (why: on stderr)."""
    from genklang.cli.setting_up import ready

    if not ready():
        return 1
    found = _found(args.adoption)
    if not found:
        print(f'There is no adoption "{args.adoption}". Leave the name out for all.', file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps({name: [_plain(one) for one in drawn] for name, drawn in found.items()}, indent=2))
    else:
        for name, drawn in found.items():
            _tell(name, drawn)
    return 0 if all(one.agrees for drawn in found.values() for one in drawn) else 1


def _found(name: str) -> dict[str, list[Drawn]]:
    from genklang.operate.auditing import audit
    from genklang.operate.models import Adoption

    rows = Adoption.objects.order_by("name", "pk")
    return {str(row): audit(row) for row in (rows.filter(name=name) if name else rows)}


def _plain(one: Drawn) -> dict[str, str | bool]:
    return {
        "enrolment": one.enrolment,
        "what": one.what,
        "logged": one.logged,
        "by_seed": one.by_seed,
        "agrees": one.agrees,
    }


def _tell(name: str, drawn: list[Drawn]) -> None:
    wrong = [one for one in drawn if not one.agrees]
    print(f"{name}: {len(drawn)} draws and allocations made again, {len(wrong)} differ from the log.")
    for what in sorted({one.what for one in drawn}):
        about = [one.logged for one in drawn if one.what == what]
        counts = ", ".join(f"{about.count(answer)} {answer}" for answer in sorted(set(about)))
        print(f"  {what}: {counts}")
    for one in wrong:
        print(f"enrolment {one.enrolment}, {one.what}: {one.logged}, and by the seed {one.by_seed}.", file=sys.stderr)

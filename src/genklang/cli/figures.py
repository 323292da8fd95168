"""`genklang figures ADOPTION WHAT`: makes what nobody who looks at a page should wait for. The pages start it."""

from __future__ import annotations

import argparse
import json
import os
import sys

WHAT = ("measured", "public")
POLITE = 10


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "figures",
        help="make the figures of an adoption in which very many take part",
        description="Makes figures and keeps them in the database. The pages start it by themselves, from 5,000 people "
        "on; it lets everything else on the machine go first.",
    )
    parser.add_argument("adoption", metavar="ADOPTION", help="the adoption's id, as in the address of its page")
    parser.add_argument("what", metavar="WHAT", choices=WHAT, help=f"one of {', '.join(WHAT)}")
    parser.add_argument("--json", action="store_true", help="what was made, as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when it is made; 1 when there is no such adoption, or the database is not ready (why: on stderr)."""
    from genklang.cli.setting_up import ready

    os.nice(POLITE)
    if not ready():
        return 1
    from django.core.exceptions import ValidationError

    from genklang.operate.models import Adoption
    from genklang.operate.pages import keeping, measuring, running

    try:
        adoption = Adoption.objects.select_related("organisation", "protocol_version").get(public_id=args.adoption)
    except (Adoption.DoesNotExist, ValidationError):
        instead = "Copy it from the address of its page."
        print(f"figures: no adoption has the id “{args.adoption}”. {instead}", file=sys.stderr)
        return 1
    make = {"measured": measuring.measure, "public": running.renewed}[args.what]
    took = keeping.make_lasting(adoption, args.what, lambda: make(adoption))
    if args.json:
        print(json.dumps({"adoption": args.adoption, "what": args.what, "seconds": round(took, 3)}))
    else:
        print(f"{args.what}: made in {took:.1f} s.")
    return 0

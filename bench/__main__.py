"""`script/bench NAME [--json]`: measures, and says what holds."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys

from bench.figures import Figure, machine

NAMES = {
    "engine": "what a step costs, against the least that a bare dict could do",
    "expressions": "compiled expressions against the same thing written in Python",
    "rehearsal": "the production step in virtual time against SimPy",
    "measure": "indicators against hand-written DuckDB SQL",
    "evaluate": "randomisation draws and synthetic controls against the usual, and whether intervals cover",
    "store": "the full durable step against raw inserts of the same rows",
    "deadlines": "100,000 deadlines in the same second among a million open, against one row at a time",
    "calls": "batches of 500 over HTTP, to one server on PostgreSQL",
    "pages": "server time of worklist, board, case and others at 100,000 enrolments, against 1,000",
    "scale": "what an enrolment-year costs, and how it grows",
    "crash": "kill -9 anywhere: what is lost, doubled or wrong afterwards",
}
IN_ALL_KILLS = 20


def main() -> int:
    """0 when everything was measured and, for `crash`, nothing was lost; 1 otherwise."""
    args = _parser().parse_args()
    names = list(NAMES) if args.name == "all" else [args.name]
    if args.name == "all":
        args.kills = min(args.kills, IN_ALL_KILLS)
    figures: list[Figure] = []
    if not args.json:
        print(machine(), flush=True)
    for name in names:
        found = _measured(name, args)
        figures += found
        if not args.json:  # as they come: some take long
            print(*(figure.line() for figure in found), sep="\n", flush=True)
    if args.json:
        told = {"machine": machine(), "figures": [figure.as_dict() for figure in figures]}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    return 1 if any(figure.holds is False and figure.unit == "kills" for figure in figures) else 0


def _measured(name: str, args: argparse.Namespace) -> list[Figure]:
    print(f"{name} …", file=sys.stderr, flush=True)
    found: list[Figure] = importlib.import_module(f"bench.{name}").run(args)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/bench", description="Measures, each figure beside its raw rival.")
    parser.add_argument("name", choices=[*NAMES, "all"], metavar="NAME", help=", ".join([*NAMES, "all"]))
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--kills", type=int, default=1000, help="crash: how many processes to kill (1000)")
    parser.add_argument("--seed", type=int, default=1, help="crash: which chance (1)")
    parser.add_argument("--quick", action="store_true", help="smaller amounts, for a first look")
    default = os.environ.get("GENKLANG_TEST_DATABASE", "")
    parser.add_argument("--database", default=default, help="a PostgreSQL to make throw-away databases in")
    return parser


if __name__ == "__main__":
    sys.exit(main())

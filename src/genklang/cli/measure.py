"""`genklang measure PRACTICE --events EVENTS.ndjson`: a log's indicators, the same on DuckDB, PostgreSQL and Spark."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genklang.cli.practice import ZONE, Refused, instant_in, machine_for, protocol_at, text_of

if TYPE_CHECKING:
    from genklang.engine import Event, Machine, Step
    from genklang.measure.tables import Record, Tables
    from genklang.measure.values import IndicatorValue


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "measure",
        help="the indicators of a log of events",
        description="Measure a practice's indicators on a log of events. Every engine gives the same figures.",
    )
    parser.add_argument("practice", metavar="PRACTICE", type=Path, help="the practice's folder, or its protocol.yaml")
    parser.add_argument("--events", metavar="EVENTS.ndjson", type=Path, required=True, help="one event a line")
    parser.add_argument(
        "--engine", choices=("duckdb", "postgres", "spark"), default="duckdb", help="what computes (duckdb)"
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        help="for postgres: its address (else GENKLANG_DATABASE); for spark: the master (local[*])",
    )
    parser.add_argument("--zone", default=ZONE, help=f"IANA time zone that local days are meant in ({ZONE})")
    parser.add_argument("--until", metavar="INSTANT", help="up to when (else: the last event of all)")
    parser.add_argument("--write", metavar="FOLDER", type=Path, help="also write the tables there as Parquet, by month")
    parser.add_argument("--release", action="store_true", help="leave out what fewer than five people stand behind")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when every line was measured, 1 when some or all were refused (why: on stderr)."""
    try:
        protocol = protocol_at(args.practice)
        machine = machine_for(protocol, zone=args.zone)
        tables, problems = _tables(args, machine)
        result = _measured(args, tables)
    except (Refused, ImportError) as refusal:  # Spark that is not installed says what to install
        print(refusal, file=sys.stderr)
        return 1
    print(json.dumps(result, ensure_ascii=False, indent=2, allow_nan=False) if args.json else _as_text(result))
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    return 1 if problems else 0


def _tables(args: argparse.Namespace, machine: Machine) -> tuple[Tables, list[str]]:
    """Fold the log of each enrolment up to one and the same instant."""
    from genklang.cli.replay import read_events
    from genklang.measure.tables import Tables

    read = read_events(text_of(args.events), machine)
    problems = [f"{args.events}:{line}: {text}" for line, text in sorted(read.problems)]
    moments = [event.occurred_at for events in read.events.values() for _, event in events.values()]
    if not moments:
        problems = problems or [f"{args.events}: there are no events. Write one a line."]
        raise Refused("\n".join(problems))
    asked = instant_in(args.until)
    until = max(moments) if asked is None else asked
    records, held = [], 0
    for name, events in sorted(read.events.items()):
        step = machine.fold(name, [event for _, event in events.values()], until=until)
        held += len(step.held)
        records.append(_record(name, step, [event for _, event in events.values()], until=until))
    if held:
        problems.append(f"{args.events}: {held} events do not count. Run genklang replay to see which and why.")
    return Tables(machine.protocol, records, zone=args.zone, horizon=until), problems


def _record(enrolment: str, step: Step, events: list[Event], *, until: int) -> Record:
    from genklang.engine.folding import arrange
    from genklang.measure.tables import Record

    held = set(step.held)
    counted = [event for event in arrange(events).events if event.id not in held and event.occurred_at <= until]
    return Record(enrolment, counted, step.facts, step.state)


def _measured(args: argparse.Namespace, tables: Tables) -> dict[str, Any]:
    from genklang.engine.time import format_instant
    from genklang.measure.engines import measure
    from genklang.measure.files import write_tables
    from genklang.measure.values import SMALLEST_CELL

    protocol = tables.practice
    database = _database(args)
    if args.write:
        write_tables({one.of: tables[one.of] for one in protocol.indicators.values()}, args.write)
    cells = measure(protocol, tables, engine=args.engine, database=database)
    totals = measure(protocol, tables, engine=args.engine, database=database, grouped=False)
    return {
        "practice": protocol.practice,
        "version": protocol.version,
        "zone": tables.zone,
        "until": format_instant(tables.horizon),
        "enrolments": len(tables.logs),
        "indicators": _released(cells, release=args.release),
        "overall": _released(totals, release=args.release),
        "economy": None if args.release and len(tables.logs) < SMALLEST_CELL else _economy(tables, totals),
    }


def _released(values: list[IndicatorValue], *, release: bool) -> list[dict[str, Any]]:
    from genklang.measure.values import for_release

    return [value.as_dict() for value in (for_release(values) if release else values)]


def _economy(tables: Tables, totals: list[IndicatorValue]) -> dict[str, Any] | None:
    from genklang.measure.calendar import months_between
    from genklang.measure.economy import economy
    from genklang.measure.study import study_effect, study_table
    from genklang.measure.values import overall

    protocol = tables.practice
    enrolments = tables["enrolments"]
    began = min(enrolments.data["enrolled_at"], default=tables.horizon)
    result = economy(
        protocol,
        overall(totals),
        enrolments=len(enrolments),
        enrolment_months=tables.enrolment_months,
        months=months_between(began, tables.horizon),
        effect=study_effect(protocol, study_table(protocol, tables)) if protocol.study else None,
    )
    return result.as_dict() if result else None


def _database(args: argparse.Namespace) -> str | None:
    if args.engine == "spark":
        return args.database or "local[*]"
    if args.engine != "postgres":
        return None
    address: str | None = args.database or os.environ.get("GENKLANG_DATABASE")
    if not address:
        raise Refused("--database: PostgreSQL needs an address. Write for example postgresql://localhost/genklang.")
    return address


def _as_text(result: dict[str, Any]) -> str:
    """For people to read."""
    lines = [f"{result['practice']} {result['version']}: {result['enrolments']} enrolments until {result['until']}"]
    for value in result["indicators"]:
        groups = ", ".join(str(group) for group in value["by"].values())
        where = " ".join(part for part in (value["period"] or "", groups) if part)
        shown = "–" if value["value"] is None else f"{value['value']:.6g}"
        lines.append(f"{value['indicator']:<24} {where:<28} {shown:>12}  n={value['n']}")
    if result["economy"]:
        economy = result["economy"]
        lines.append(f"net a month: {economy['net_per_month']} {economy['currency']}")
    return "\n".join(lines)

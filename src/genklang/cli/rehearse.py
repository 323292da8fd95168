"""`genklang rehearse PRACTICE …`: simulated participants, what to expect of real ones, and files to go on with."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genklang.cli.practice import ZONE, Refused, machine_for, protocol_at, write_text

if TYPE_CHECKING:
    from genklang.protocol.types import Protocol
    from genklang.rehearsal.forecast import Expectation, Expected
    from genklang.rehearsal.running import Rehearsal

_WORDS = {
    "sv": {
        "simulated": "Simulerat: ingen av dessa personer finns.",
        "size": "{practice} {version}: {n} deltagare i {years:g} år, frö {seed}, {events} händelser",
        "whole": "hela tiden",
        "a_period": "en vanlig {period}",
        "interval": "95 % av övningarna: {low} till {high}",
        "economy": "Kronor i månaden",
        "net": "Kvar när kostnaderna är dragna",
        "money": "kr",
        "ledger": "{n} överföringar, {moved} {unit} i allt; konton från {lowest} till {highest}, tillsammans {total}",
        "month": "månad",
        "week": "vecka",
        "quarter": "kvartal",
        "year": "år",
    },
    "en": {
        "simulated": "Simulated: none of these people exist.",
        "size": "{practice} {version}: {n} participants for {years:g} years, seed {seed}, {events} events",
        "whole": "the whole time",
        "a_period": "an ordinary {period}",
        "interval": "95 % of rehearsals: {low} to {high}",
        "economy": "Money a month",
        "net": "Left when costs are taken off",
        "money": "SEK",
        "ledger": "{n} transfers, {moved} {unit} in all; accounts from {lowest} to {highest}, together {total}",
        "month": "month",
        "week": "week",
        "quarter": "quarter",
        "year": "year",
    },
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "rehearse",
        help="simulate participants on the real engine, and say what to expect",
        description="Simulate participants in virtual time. The same seed gives the same bytes.",
    )
    parser.add_argument("practice", metavar="PRACTICE", type=Path, help="the practice's folder, or its protocol.yaml")
    parser.add_argument("--enrolments", metavar="N", type=int, help="how many take part (as the practice says)")
    parser.add_argument("--years", metavar="Y", type=float, help="for how long (as the practice says)")
    parser.add_argument("--seed", metavar="S", type=int, default=1, help="where chance begins (1)")
    parser.add_argument(
        "--parameter", metavar="NAME=VALUE", action="append", default=[], help="a number of your own; may be repeated"
    )
    parser.add_argument("--zone", default=ZONE, help=f"IANA time zone that local times are meant in ({ZONE})")
    parser.add_argument("--events-out", metavar="F.ndjson", type=Path, help="write every event, one a line")
    parser.add_argument(
        "--data-out", metavar="F.csv", type=Path, help="write the table that the study is evaluated from"
    )
    parser.add_argument("--processes", metavar="N", type=int, default=1, help="run in so many processes (1)")
    parser.add_argument("--spark", metavar="MASTER", help="run on Spark, for example local[2]: the same bytes")
    parser.add_argument("--language", choices=("sv", "en"), help="language of the answer (from LANG, else sv)")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when rehearsed, 1 when the practice or what was asked for was refused (why: on stderr)."""
    from genklang.rehearsal.forecast import forecast
    from genklang.rehearsal.problems import RehearsalError

    try:
        rehearsal = _rehearsed(args)
        _write(args, rehearsal)
    except (Refused, RehearsalError, ImportError) as refusal:  # Spark that is not installed says what to install
        print(refusal, file=sys.stderr)
        return 1
    expected = forecast(rehearsal)
    if args.json:
        print(json.dumps(_result(rehearsal, expected), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print(*_report(rehearsal, expected, _language(args.language)), sep="\n")
    return 0


def _rehearsed(args: argparse.Namespace) -> Rehearsal:
    from genklang.protocol.types import Rehearsal as Declared
    from genklang.rehearsal.running import rehearse

    protocol = protocol_at(args.practice)
    declared = protocol.rehearsal or Declared()
    progress = _progress()
    try:
        return rehearse(
            protocol,
            enrolments=declared.enrolments if args.enrolments is None else args.enrolments,
            years=declared.years if args.years is None else args.years,
            seed=args.seed,
            zone=args.zone,
            parameters=_parameters(args.parameter, protocol),
            machine=machine_for(protocol, zone=args.zone),
            progress=progress,
            **_spread(args),
        )
    finally:
        if progress:
            print("\r\x1b[K", end="", file=sys.stderr)


def _spread(args: argparse.Namespace) -> dict[str, Any]:
    from genklang.cli.spreading import PARTS_A_WORKER, over_processes, over_spark

    if args.spark:
        return {"spread": over_spark(args.spark), "parts": PARTS_A_WORKER * max(args.processes, 2)}
    if args.processes > 1:
        return {"spread": over_processes(args.processes), "parts": PARTS_A_WORKER * args.processes}
    return {}


def _parameters(written: Sequence[str], protocol: Protocol) -> dict[str, float]:
    """Read NAME=VALUE. Raises Refused with all that cannot be read or is not the practice's."""
    from genklang.rehearsal.problems import check_parameters

    read: dict[str, float] = {}
    problems = []
    for one in written:
        name, _, value = one.partition("=")
        try:
            read[name.strip()] = float(value.replace(",", "."))
        except ValueError:
            problems.append(f'--parameter: "{one}" is no name and number. Write for example "in_time=0.99".')
    if problems:
        raise Refused("\n".join([*problems, *check_parameters(protocol, read)]))
    return read


def _progress() -> Callable[[int, int], None] | None:
    """A line that tells how far it has come, on a terminal only."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> None:
        print(f"\r{done} / {total}", end="", file=sys.stderr, flush=True)

    return tell


def _write(args: argparse.Namespace, rehearsal: Rehearsal) -> None:
    if args.events_out:
        lines = [json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in rehearsal.event_lines()]
        write_text(args.events_out, "".join(f"{line}\n" for line in lines))
    if args.data_out:
        write_text(args.data_out, _as_csv(_study_data(rehearsal)))


def _study_data(rehearsal: Rehearsal) -> Mapping[str, Sequence[Any]]:
    from genklang.measure.over_time import followed_columns
    from genklang.measure.study import study_table
    from genklang.measure.tables import Tables

    protocol = rehearsal.protocol
    if protocol.study is None:
        raise Refused(f"--data-out: {protocol.practice} has no study. Leave it out, or add a study to the protocol.")
    tables = Tables(protocol, rehearsal.participants, zone=rehearsal.zone, horizon=rehearsal.end)
    whole = followed_columns if protocol.study.series else study_table
    columns = whole(protocol, tables)
    return columns | {"simulated": [True] * len(next(iter(columns.values())))}


def _as_csv(columns: Mapping[str, Sequence[Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([str(cell).lower() if isinstance(cell, bool) else cell for cell in row])
    return buffer.getvalue()


def _result(rehearsal: Rehearsal, expected: Expectation) -> dict[str, Any]:
    from genklang.engine.time import format_instant
    from genklang.protocol.reading import digest

    protocol = rehearsal.protocol
    return {
        "simulated": True,
        "practice": protocol.practice,
        "version": protocol.version,
        "digest": digest(protocol),
        "zone": rehearsal.zone,
        "start": format_instant(rehearsal.start),
        "end": format_instant(rehearsal.end),
        "events": sum(len(life.events) for life in rehearsal.participants),
        "steps": rehearsal.steps,
        "outcomes": rehearsal.outcomes,
        "effects": rehearsal.effects,
        "expected": expected.as_dict(),
    }


def _report(rehearsal: Rehearsal, expected: Expectation, language: str) -> list[str]:
    """For people to read."""
    words, protocol = _WORDS[language], rehearsal.protocol
    size = words["size"].format(
        practice=protocol.practice,
        version=protocol.version,
        n=expected.enrolments,
        years=expected.years,
        seed=rehearsal.seed,
        events=sum(len(life.events) for life in rehearsal.participants),
    )
    return [
        words["simulated"],
        size,
        "",
        *_indicators(protocol, expected, language),
        *_money(protocol, expected, language),
        *_ledgers(rehearsal, language),
    ]


def _ledgers(rehearsal: Rehearsal, language: str) -> list[str]:
    """What simulated people's accounts come to: together always nothing."""
    from genklang.rehearsal.ledgers import ledgers_in

    words, lines = _WORDS[language], list[str]()
    for one in ledgers_in(rehearsal):
        declared = rehearsal.protocol.ledgers[one.name]
        told = {name: _number(float(getattr(one, name)), language) for name in ("moved", "lowest", "highest", "total")}
        unit = declared.unit.in_language(language) if declared.unit else words["money"]
        text = words["ledger"].format(n=one.transfers, unit=unit, **told)
        lines += ["", declared.in_language(language), f"  {text}"]
    return lines


def _indicators(protocol: Protocol, expected: Expectation, language: str) -> list[str]:
    words, lines = _WORDS[language], []
    for indicator in expected.indicators:
        declared = protocol.indicators[indicator.name]
        lines.append(declared.in_language(language))
        if indicator.a_period and declared.per:
            lines.append(_line(words["a_period"].format(period=words[declared.per]), indicator.a_period, language))
        lines.append(_line(words["whole"], indicator.overall, language))
        for cell in indicator.cells:
            if cell.period is None:
                lines.append(_line(_groups(protocol, declared.of, cell.by, language), cell.expected, language))
    return lines


def _groups(protocol: Protocol, of: str, by: Sequence[tuple[str, str | None]], language: str) -> str:
    """The groups of a cell by the names that people know them by."""
    return ", ".join(_group(protocol, of, name, value, language) for name, value in by)


def _group(protocol: Protocol, of: str, name: str, value: str | None, language: str) -> str:
    if value is None:
        return "–"
    groups = protocol.groups(name)
    if value in groups:
        return groups[value].in_language(language)
    kind = protocol.events.get(of)
    field = (kind.fields.get(name) if kind else None) or protocol.facts.get(name)
    if field and value in field.options:
        return field.options[value].in_language(language)
    return f"{name} {value}"


def _money(protocol: Protocol, expected: Expectation, language: str) -> list[str]:
    if protocol.economy is None or expected.net_per_month is None:
        return []
    words = _WORDS[language]
    lines = [
        _line(protocol.economy.lines[line.name].in_language(language), line.per_month, language)
        for line in expected.economy
    ]
    return [
        "",
        f"{words['economy']} ({expected.currency})",
        *lines,
        _line(words["net"], expected.net_per_month, language),
    ]


def _line(label: str, figure: Expected, language: str) -> str:
    if figure.value is None:
        return f"  {label}: –"
    if figure.low is None or figure.high is None or figure.low == figure.high:
        return f"  {label}: {_number(figure.value, language)}"
    low, high = _number(figure.low, language), _number(figure.high, language)
    return f"  {label}: {_number(figure.value, language)} ({_WORDS[language]['interval'].format(low=low, high=high)})"


def _number(value: float, language: str) -> str:
    """Four significant digits, or whole from a thousand on; decimal comma and spaces in Swedish."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return text.replace(",", " ").replace(".", ",") if language == "sv" else text


def _language(given: str | None) -> str:
    from genklang.cli.tables import language_of

    return language_of(given)

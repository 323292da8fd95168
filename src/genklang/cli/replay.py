"""`genklang replay PRACTICE EVENTS.ndjson`: the state, dues, facts and effects that a log comes to.

The same engine as in production, on a file instead of a database. Lines that cannot be right are told and left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from genklang.cli.practice import ZONE, Refused, instant_in, machine_for, protocol_at, text_of
from genklang.engine import Event, Machine, State, Step, format_instant, parse_instant
from genklang.engine.folding import arrange
from genklang.engine.json import due_as_dict, effect_as_dict, fact_as_dict

_NEEDED = ("id", "enrolment", "event", "occurred_at")
_KNOWN = (*_NEEDED, "by", "data", "sequence", "received_at")
_EXAMPLE = '{"id": "1", "enrolment": "anna", "event": "dose_taken", "occurred_at": "2026-03-29T08:04:00+02:00"}'


@dataclass
class Read:
    """What a file held: the events of each enrolment with their lines, and what is wrong with the other lines."""

    events: dict[str, dict[str, tuple[int, Event]]] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)
    lines: int = 0
    doubles: int = 0


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "replay",
        help="state, dues, facts and effects of a log of events",
        description="Replay a log of events through the engine. Allocations must be in the log: nothing is drawn.",
        epilog=f"A line of EVENTS.ndjson: {_EXAMPLE}",
    )
    parser.add_argument("practice", metavar="PRACTICE", type=Path, help="the practice's folder, or its protocol.yaml")
    parser.add_argument("events", metavar="EVENTS.ndjson", type=Path, help="one event a line, of any enrolments")
    parser.add_argument("--until", metavar="INSTANT", help="what stands at this instant (else: at each last event)")
    parser.add_argument("--zone", default=ZONE, help=f"IANA time zone that local times are meant in ({ZONE})")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when every line was replayed, 1 when some or all were refused (why: on stderr)."""
    try:
        machine = machine_for(protocol_at(args.practice), zone=args.zone)
        until = instant_in(args.until)
        read = read_events(text_of(args.events), machine)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    steps = {name: _replayed(machine, name, read, until) for name in sorted(read.events)}
    problems = [f"{args.events}:{line}: {text}" for line, text in sorted(read.problems)]
    result = _result(machine, steps, read, problems=problems, until=until)
    print(json.dumps(result, ensure_ascii=False, indent=2, sort_keys=True) if args.json else _as_text(result))
    if problems:
        kept = result["events"]["kept"]
        print(*problems, sep="\n", file=sys.stderr)
        print(
            f"{args.events}: {kept} of {read.lines} lines were kept and replayed, {read.lines - kept} left out.",
            file=sys.stderr,
        )
    return 1 if problems else 0


def read_events(text: str, machine: Machine) -> Read:
    """Read NDJSON. Every line that cannot be right is a problem; the others are kept."""
    read = Read()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        read.lines += 1
        problems = list(_take(read, number, line, machine))
        read.problems += [(number, problem) for problem in problems]
    return read


def _take(read: Read, number: int, line: str, machine: Machine) -> Iterator[str]:
    """Keep the event of a line, or tell what is wrong with it."""
    given, wrong = _parsed(line)
    if given is None or wrong:
        yield from wrong
        return
    event = _event(given)
    problems = machine.check_form(event)
    if problems:
        yield from (problem.say("en") for problem in problems)
        return
    typed = replace(event, data=machine.coerce(event.kind, event.data).data)
    yield from _keep(read, number, given["enrolment"], typed)


def _event(given: Mapping[str, Any]) -> Event:
    return Event(
        given["id"],
        given["event"],
        parse_instant(given["occurred_at"]),
        given.get("by") or "",
        given.get("data") or {},
        sequence=given.get("sequence") or 0,
        received_at=parse_instant(given["received_at"]) if given.get("received_at") else 0,
    )


def _keep(read: Read, number: int, enrolment: str, event: Event) -> Iterator[str]:
    """A line told twice is one event; the same id for something else is a mistake."""
    kept = read.events.setdefault(enrolment, {})
    if event.id not in kept:
        kept[event.id] = (number, event)
    elif _same(kept[event.id][1], event):
        read.doubles += 1
    else:
        yield (
            f'field "id": the id "{event.id}" is used by another event on line {kept[event.id][0]}. '
            "Write an id that is unique, or the same event again."
        )


def _same(one: Event, other: Event) -> bool:
    return (one.kind, one.occurred_at, one.data) == (other.kind, other.occurred_at, other.data)


def _parsed(line: str) -> tuple[dict[str, Any] | None, list[str]]:
    """A line as an object whose own fields are right, or what is wrong."""
    try:
        given = json.loads(line)
    except ValueError as error:
        return None, [f"the line is no JSON ({error}). Write one object a line, for example {_EXAMPLE}"]
    if not isinstance(given, dict):
        return None, [f"the line is no object. Write for example {_EXAMPLE}"]
    return given, list(_wrong_fields(given))


def _wrong_fields(given: Mapping[str, Any]) -> Iterator[str]:
    for name in given:
        if name not in _KNOWN:
            yield f'field "{name}": there is no such field. The fields are: {", ".join(_KNOWN)}.'
    for name in _NEEDED:
        if not isinstance(given.get(name), str) or not given[name]:
            yield f'field "{name}": a text is missing. Write for example {_EXAMPLE}'
    for name in ("occurred_at", "received_at"):
        if isinstance(given.get(name), str) and given[name]:
            yield from _wrong_instant(name, given[name])
        elif name == "received_at" and given.get(name) is not None:
            yield f'field "{name}": it is no text. Write for example "2026-03-29T08:04:00+02:00".'
    if not isinstance(given.get("by") or "", str):
        yield 'field "by": it is no text. Write a role, "device" or "system".'
    if not isinstance(given.get("data") or {}, dict):
        yield 'field "data": it is no object. Write the event\'s fields, for example {"hours": 2}.'
    if not isinstance(given.get("sequence") or 0, int) or isinstance(given.get("sequence"), bool):
        yield 'field "sequence": it is no whole number. Write for example 1, or leave it out.'


def _wrong_instant(name: str, written: str) -> Iterator[str]:
    try:
        parse_instant(written)
    except ValueError as error:
        reason = "has no time zone" if "time zone" in str(error) else "is no date and time"
        yield f'field "{name}": "{written}" {reason}. Write for example "2026-03-29T08:04:00+02:00".'
    except OverflowError:
        yield f'field "{name}": "{written}" is out of range. Write for example "2026-03-29T08:04:00+02:00".'


def _replayed(machine: Machine, enrolment: str, read: Read, until: int | None) -> Step:
    """Fold one enrolment's events; tell why each that is held has no effect."""
    numbered = read.events[enrolment]
    events = [event for _, event in numbered.values()]
    step = machine.fold(enrolment, events, until=until)
    if step.held:
        read.problems += _why_held(machine, enrolment, numbered, set(step.held))
    return step


def _why_held(
    machine: Machine, enrolment: str, numbered: Mapping[str, tuple[int, Event]], held: set[str]
) -> Iterator[tuple[int, str]]:
    """Let the log happen once more, and ask at each event that is held what forbids it."""
    state = machine.begin(enrolment)
    for event in arrange(event for _, event in numbered.values()).events:
        if event.kind == "voided":
            continue
        if event.id in held:
            for problem in machine.check(state, event):
                yield numbered[event.id][0], problem.say("en")
        state = machine.step(state, event).state


def _result(
    machine: Machine, steps: Mapping[str, Step], read: Read, *, problems: list[str], until: int | None
) -> dict[str, Any]:
    refused = len({line for line, _ in read.problems})
    return {
        "practice": machine.protocol.practice,
        "version": machine.protocol.version,
        "zone": machine.zone.name,
        "until": None if until is None else format_instant(until),
        "events": {
            "lines": read.lines,
            "kept": read.lines - refused,
            "doubles": read.doubles,
            "left_out": refused,
        },
        "enrolments": [_enrolment(machine, step) for step in steps.values()],
        "problems": problems,
    }


def _enrolment(machine: Machine, step: Step) -> dict[str, Any]:
    return {
        "enrolment": step.state.enrolment,
        "state": _state(machine, step.state),
        "dues": [due_as_dict(due) for due in step.state.dues],
        "facts": [fact_as_dict(fact) for fact in sorted(step.facts, key=lambda fact: (fact.target_at, fact.due))],
        "effects": [effect_as_dict(effect) for effect in step.effects],
        "held": list(step.held),
    }


def _state(machine: Machine, state: State) -> dict[str, Any]:
    deadline = machine.next_deadline(state)
    return {
        "stage": state.stage,
        "stage_since": format_instant(state.stage_since) if state.stage else None,
        "arm": state.arm,
        "facts": {name: list(value) if isinstance(value, tuple) else value for name, value in state.facts.items()},
        "horizon": format_instant(state.horizon),
        "next_deadline": None if deadline is None else format_instant(deadline),
    }


def _as_text(result: Mapping[str, Any]) -> str:
    """For people to read."""
    events = result["events"]
    lines = [
        f"{result['practice']} {result['version']}, {result['zone']}",
        f"{events['kept']} of {events['lines']} lines replayed, {events['doubles']} of them told twice",
    ]
    for one in result["enrolments"]:
        lines += ["", *_enrolment_text(one)]
    return "\n".join(lines)


def _enrolment_text(one: Mapping[str, Any]) -> Iterable[str]:
    state = one["state"]
    arm = f", arm {state['arm']}" if state["arm"] else ""
    yield f"{one['enrolment']}: {state['stage'] or 'not enrolled'}{arm}, as of {state['horizon']}"
    for due in one["dues"]:
        answer = f", {due['answer']}" if due["answer"] else ""
        yield f"  due     {due['due']}  {due['status']}{answer}, deadline {due['deadline_at']}"
    for fact in one["facts"]:
        late = "" if fact["minutes_late"] is None else f" ({fact['minutes_late']:+g} min)"
        yield f"  fact    {fact['due']}  {fact['status']}{late}"
    for effect in one["effects"]:
        yield f"  effect  {effect['effect']}  {effect['key']}  at {effect['at']}"

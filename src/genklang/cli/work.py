"""`genklang work`: lets time pass and empties the outbox, beside a server or several, on any number of machines."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "work",
        help="let time pass: deadlines, reminders, alarms, and what is to be sent",
        description="Works until stopped (Ctrl-C). With PostgreSQL any number may run at once.",
    )
    parser.add_argument("--once", action="store_true", help="do what is due now, and stop")
    parser.add_argument("--interval", type=float, default=1.0, metavar="SECONDS", help="longest sleep (1)")
    parser.add_argument(
        "--clock-is-right", action="store_true", help="go on after the clock was put forward and work was held"
    )
    parser.add_argument("--json", action="store_true", help="with --once: what was done, as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when stopped or done; 1 when the database is not ready (why: on stderr), or the clock is not trusted."""
    from genklang.cli.setting_up import ready

    if not ready():
        return 1
    if args.clock_is_right:
        from genklang.operate.guard import trust_clock

        print("Work goes on." if trust_clock() else "Nothing was held.", file=sys.stderr)
    return _once(as_json=args.json) if args.once else _on_and_on(max(0.05, args.interval))


def _once(*, as_json: bool) -> int:
    from genklang.operate import clock, worker
    from genklang.operate.guard import ClockGuard

    if not ClockGuard().beat():
        print("genklang work: the clock has been put forward. Correct it, or write --clock-is-right.", file=sys.stderr)
        return 1
    done = {"enrolments": 0, "set_aside": 0, "delivered": 0, "failed": 0, "expired": 0}
    while (ticked := worker.tick(clock.now())).enrolments:
        done["enrolments"] += ticked.enrolments
        done["set_aside"] += ticked.broken
    drained = worker.drain(clock.now())
    done |= {"delivered": drained.delivered, "failed": drained.failed, "expired": drained.expired}
    print(json.dumps(done) if as_json else " · ".join(f"{name} {number}" for name, number in done.items()))
    return 0


def _on_and_on(interval: float) -> int:
    from genklang.operate.loop import Loop

    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    print(f"Working (process {os.getpid()}). Ctrl-C stops.", file=sys.stderr)
    Loop(interval=interval, stop=stop).run()
    return 0

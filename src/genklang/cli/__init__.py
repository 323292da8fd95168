"""The program `genklang`: its commands are modules here, each with `register(subparsers)` and `run(args)`.

Exit codes: 0 done, 1 the input is wrong, 2 asked wrongly, 3 a fault of the program itself. A command's module is
imported when the command is asked for, so that `genklang --help` answers at once.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence

COMMANDS = {
    "check": "check practices, run their tests, and tell everything that is wrong",
    "new": "begin a practice, from nothing or from another",
    "diff": "what changed between two protocols, and what that means for those who run them",
    "rehearse": "simulate participants on the real engine, and say what to expect",
    "replay": "state, dues, facts and effects of a log of events",
    "measure": "the indicators of a log of events",
    "evaluate": "evaluate a table by a study design",
    "pool": "pool the results of several adopters",
    "power": "how many people a study needs, or what it could show",
    "payback": "when a practice has paid for itself",
    "search": "find practices by your own words",
    "serve": "serve the pages, the API and, on the embedded database, the worker",
    "work": "let time pass: deadlines, reminders, alarms, and what is to be sent",
    "mqtt": "carry events from an MQTT broker to the API",
    "doctor": "say whether all is well here, and what to do where it is not",
    "backup": "copy the database while it is used",
    "audit": "check random samples and allocations against the secret seed",
    "figures": "make the figures of an adoption in which very many take part",
    "verify": "prove that every enrolment's state is what its log folds to",
}
DONE, WRONG_INPUT, WRONG_USE, FAULT, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. `argv` left out is the program's own arguments."""
    given = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in given
    words = [word for word in given if word != "--debug"]
    args = _parser(words).parse_args(words)
    if args.command is None:
        _parser([]).print_help(sys.stderr)
        return WRONG_USE
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has heard enough; the interpreter must not complain when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if debug:
            raise
        return _told(error)
    return code


def _told(error: Exception) -> int:
    """Say in one line what went wrong: a file that cannot be used is the user's matter, anything else is ours."""
    if isinstance(error, OSError) and error.filename is not None:
        reason = (error.strerror or "it cannot be used").lower()
        print(f"{error.filename}: {reason}. Give a file that you may use.", file=sys.stderr)
        return WRONG_INPUT
    kind = type(error).__name__
    print(f"genklang: a fault of the program ({kind}). Run it again with --debug to see where.", file=sys.stderr)
    return FAULT


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser that knows all of the command that is asked for, and a line about each of the others."""
    parser = argparse.ArgumentParser(
        prog="genklang",
        description="A knowledge bank where good examples run.",
        epilog="Each command explains itself: genklang check --help. Any command takes --debug.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the program's version and stop")
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    asked = words[0] if words else ""
    for name, summary in COMMANDS.items():
        module = f"genklang.cli.{name}"
        if name == asked and importlib.util.find_spec(module) is not None:
            importlib.import_module(module).register(subparsers)
        else:
            subparsers.add_parser(name, help=summary)
    return parser


class _Version(argparse.Action):
    """Shows the installed version; it is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"genklang {version('genklang')}")
        parser.exit()

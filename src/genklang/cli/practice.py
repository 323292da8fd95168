"""What commands about a practice have in common: reading its protocol, making the engine, refusing what cannot be."""

from __future__ import annotations

from pathlib import Path

from genklang.engine import Machine, parse_instant
from genklang.protocol.expressions import ExpressionError
from genklang.protocol.problems import ProtocolErrors
from genklang.protocol.reading import read_protocol
from genklang.protocol.types import Protocol

ZONE = "Europe/Stockholm"


class Refused(ValueError):
    """The command cannot run at all; its text says why and what to do."""


def protocol_at(practice: Path) -> Protocol:
    """The protocol of a practice's folder, or in a file. Raises Refused with everything that is wrong with it."""
    path = practice / "protocol.yaml" if practice.is_dir() else practice
    try:
        return read_protocol(path.read_text(encoding="utf-8"), file=str(path))
    except OSError:
        raise Refused(f"{path}: there is no such file. Write a practice's folder, or its protocol.yaml.") from None
    except UnicodeDecodeError:
        raise Refused(f"{path}: the file is not in UTF-8. Save it as UTF-8.") from None
    except ProtocolErrors as errors:
        raise Refused(str(errors)) from None


def machine_for(protocol: Protocol, *, zone: str) -> Machine:
    """The engine for a protocol in a zone. Raises Refused where one of them cannot be."""
    try:
        return Machine(protocol, zone=zone)
    except ExpressionError as error:
        raise Refused(f"{protocol.practice}: {error} Run genklang check to see where.") from None
    except (KeyError, ValueError, OSError):
        raise Refused(f'--zone: "{zone}" is no time zone. Write for example {ZONE}.') from None


def instant_in(written: str | None) -> int | None:
    """The instant of --until, None where it is left out. Raises Refused for anything else."""
    if written is None:
        return None
    try:
        return parse_instant(written)
    except (ValueError, OverflowError):
        example = "2026-03-29T12:00:00+02:00"
        raise Refused(f'--until: "{written}" is no time with a time zone. Write for example {example}.') from None


def text_of(path: Path) -> str:
    """The text of a file of events. Raises Refused where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        raise Refused(f"{path}: there is no such file. Write the path of a file with one event a line.") from None
    except UnicodeDecodeError:
        raise Refused(f"{path}: the file is not in UTF-8. Save it as UTF-8, one event a line.") from None


def write_text(path: Path, text: str) -> None:
    """Write a file with plain line ends. Raises Refused where that cannot be."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError:
        raise Refused(f"{path}: cannot be written. Write a path in a folder that you may write in.") from None

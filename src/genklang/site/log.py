"""One JSON object a line on standard error. Messages carry identifiers and counts, never personal data."""

import json
import logging
from datetime import UTC, datetime
from types import TracebackType


class JsonFormatter(logging.Formatter):
    """Time, level, logger and message; for an exception its type and place, but not its text or arguments.

    Exception texts and request addresses can hold what people wrote, so they stay out of the log.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if record.exc_info and record.exc_info[0]:
            entry["exception"] = record.exc_info[0].__name__
            entry["place"] = _places(record.exc_info[2])
        return json.dumps(entry, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    if record.name.startswith("django.request"):
        status = getattr(record, "status_code", "")
        return f"{status} {record.levelname.lower()}".strip()
    return record.getMessage()


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}.{code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-5:]

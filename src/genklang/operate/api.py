"""The door for devices and systems: POST /api/v1/events. One event, an array, or one event a line (NDJSON).

Each row is answered by itself. 200: none refused; 207: some refused; 422: all refused. 400, 401, 403, 413, 415 and 429
are about the whole request, of which nothing was kept; after 503 all of it is to be sent again. The same id twice is
a duplicate, never a second event.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI

from genklang.operate import filing, rate, services, tokens
from genklang.operate.files import Table
from genklang.operate.incoming import IncomingEvent, Outcome, RowAnswer, Source, read_event
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Status, Token
from genklang.operate.problems import Problem, Refused, unknown_enrolment

log = logging.getLogger(__name__)
RETRY_AFTER = "5"
MOST_ROWS = 5_000
MOST_BYTES = 4 * 1024 * 1024
ONE, LINES = "application/json", "application/x-ndjson"

EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "enrolment", "event", "occurred_at"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "maxLength": 200, "description": "Yours; the same id is never recorded twice."},
        "enrolment": {"type": "string", "description": "May be left out when the token is for one enrolment."},
        "event": {"type": "string", "description": "A kind of event that the protocol declares."},
        "occurred_at": {"type": "string", "format": "date-time", "description": "With an offset from UTC."},
        "data": {"type": "object", "description": "The event's fields."},
        "sequence": {"type": "integer", "description": "Orders events of the same instant."},
    },
}
ANSWERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "accepted": {"type": "integer"},
        "duplicate": {"type": "integer"},
        "held": {"type": "integer"},
        "refused": {"type": "integer"},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "row": {"type": "integer", "description": "Counted from 1."},
                    "id": {"type": "string"},
                    "status": {"enum": [outcome.value for outcome in Outcome]},
                    "problems": {"type": "array", "items": {"type": "object"}},
                },
            },
        },
    },
}
DESCRIBED: dict[str, Any] = {
    "security": [{"token": []}],
    "requestBody": {
        "required": True,
        "content": {
            ONE: {"schema": {"oneOf": [EVENT, {"type": "array", "items": EVENT, "maxItems": MOST_ROWS}]}},
            LINES: {"schema": {"type": "string", "description": "One event as JSON a line."}},
        },
    },
    "responses": {
        code: {"description": what, "content": {ONE: {"schema": ANSWERS}}}
        for code, what in ((200, "None refused."), (207, "Some refused."), (422, "All refused."))
    },
}

ROWS: dict[str, Any] = {
    "security": [{"token": []}],
    "requestBody": {
        "required": True,
        "content": {
            ONE: {"schema": {"type": "array", "items": {"type": "object"}, "maxItems": MOST_ROWS}},
            LINES: {"schema": {"type": "string", "description": "One row as JSON a line, by the file's columns."}},
        },
    },
    "responses": {
        200: {
            "description": "How many rows became events, were here already, or wait for a person.",
            "content": {
                ONE: {
                    "schema": {
                        "type": "object",
                        "properties": {status: {"type": "integer"} for status in ("taken", "known", "waiting")},
                    }
                }
            },
        }
    },
}


class _Api(NinjaAPI):
    """Knows where it stands: its addresses lie inside the room's own, where Ninja would look for them at the root."""

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        """Where the API begins."""
        return "/api/v1/"


api = _Api(
    title="Genklang",
    version="1",
    description="Events from devices and systems.",
    docs_url=None,  # its pages fetch scripts from elsewhere, which the content security policy forbids
    urls_namespace="operate-api",
    openapi_extra={"components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}},
)


class Turned(Exception):
    """The whole request is turned away."""

    def __init__(self, status: int, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.problem, self.headers = status, problem, headers or {}


@api.post("/events", openapi_extra=DESCRIBED, summary="Record events", operation_id="record_events")
def record_events(request: HttpRequest) -> HttpResponse:
    """Records one event or a batch; answers each row."""
    try:
        token = _token(request)
        rows = _rows(request)
        return _answer(_record(token, rows))
    except Turned as turned:
        found = turned
    except (OperationalError, InterfaceError) as error:
        log.error("events not recorded, the database does not take them: %s", type(error).__name__)
        found = _no_database()
    return JsonResponse({"problems": [as_json(found.problem)]}, status=found.status, headers=found.headers)


@api.post("/files/{name}", openapi_extra=ROWS, summary="Hand in rows", operation_id="hand_in_rows")
def hand_in_rows(request: HttpRequest, name: str, enrolment: str = "") -> HttpResponse:
    """Hands in rows of one of the practice's files: what is right is done, what is wrong waits for a person."""
    try:
        token = _token(request)
        counts = _hand_in(token, name, _rows(request), token.enrolment.key if token.enrolment else enrolment)
        return JsonResponse(dict(counts))
    except Turned as turned:
        found = turned
    except Refused as refused:
        return JsonResponse({"problems": [as_json(problem) for problem in refused.problems]}, status=422)
    except (OperationalError, InterfaceError) as error:
        log.error("rows not taken in, the database does not take them: %s", type(error).__name__)
        found = _no_database()
    return JsonResponse({"problems": [as_json(found.problem)]}, status=found.status, headers=found.headers)


def _hand_in(token: Token, name: str, rows: list[object], enrolment: str) -> Mapping[str, int]:
    protocol = adoption_machine(token.adoption).protocol
    if name not in protocol.files:
        names = ", ".join(protocol.files) or "–"
        raise _turned(404, "file", _("is not known"), _("Write one of %(names)s.") % {"names": names}, name[:60])
    if token.bearer not in protocol.events[protocol.files[name].rows].by:
        what = _("may not be handed in with this token")
        raise _turned(403, "file", what, _("Ask the organisation's lead for a token of a system."), name[:60])
    tokens.note_use(token)
    read = filing.unread(rows)
    columns = tuple(dict.fromkeys(column for row in read for column in row.cells))
    reader = filing.reader_of(token.adoption, name, enrolment=enrolment)
    source = Source(by=token.bearer, token=token)
    return filing.hand_in(reader, token.adoption, Table(columns, tuple(read)), file=token.label, source=source).counts


def as_json(problem: Problem) -> dict[str, str]:
    """A problem for a machine and for the person who reads its log."""
    return {
        "where": problem.where,
        "what": problem.what,
        "written": problem.written,
        "instead": problem.instead,
        "text": str(problem),
    }


def _no_database() -> Turned:
    instead = _("Send the same events again soon: what was kept is told apart by its id.")
    return Turned(503, Problem("request", _("cannot be kept just now"), instead), {"Retry-After": RETRY_AFTER})


def _token(request: HttpRequest) -> Token:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    found = tokens.find(secret.strip()) if scheme.lower() == "bearer" and secret else None
    if found is None:
        what = _("is missing or not known")
        raise _turned(401, "Authorization", what, _("Write “Bearer” and the token, as it was shown when it was made."))
    if found.revoked_at:
        what = _("holds a token that has been revoked")
        raise _turned(401, "Authorization", what, _("Ask the organisation's lead for a new token."))
    if wait := rate.seconds_to_wait(found.pk):
        instead = _("Wait %(seconds)d seconds, and send several events in one request.") % {"seconds": wait}
        problem = Problem("request", _("comes too often: at most 600 a minute"), instead)
        raise Turned(429, problem, {"Retry-After": str(wait)})
    if found.adoption.status == Status.ENDED:
        raise _turned(403, "adoption", _("has ended"), _("Stop sending, and ask the organisation's lead why it ended."))
    return found


def _rows(request: HttpRequest) -> list[object]:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in (ONE, LINES):
        instead = _("Write %(one)s, or %(lines)s for one event a line.") % {"one": ONE, "lines": LINES}
        raise _turned(415, "Content-Type", _("is not understood"), instead, kind)
    body = _body(request)
    rows = list(_lines(body)) if kind == LINES else _parsed(body)
    if len(rows) > MOST_ROWS:
        raise _turned(413, "request", _("has more than 5,000 rows"), _("Send fewer at a time."), str(len(rows)))
    if not rows:
        raise _turned(400, "request", _("is empty"), _("Send at least one event."))
    return rows


def _body(request: HttpRequest) -> str:
    too_large = _turned(413, "request", _("is larger than 4 MB"), _("Send fewer events at a time."))
    length = request.headers.get("Content-Length", "0")
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise too_large
    content = request.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise too_large
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _turned(400, "request", _("is no UTF-8"), _("Send the text as UTF-8.")) from None


def _parsed(body: str) -> list[object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        instead = _("Check it with any JSON tool; for one event a line, write Content-Type: %(lines)s.")
        raise _turned(400, "request", _("is no JSON"), instead % {"lines": LINES}) from None
    return value if isinstance(value, list) else [value]


def _lines(body: str) -> Iterator[object]:
    for line in body.splitlines():
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            problem = Problem("row", _("is no JSON"), _("Write one whole event on each line."), line[:60])
            yield RowAnswer("", Outcome.REFUSED, (problem,))


def _record(token: Token, rows: list[object]) -> list[RowAnswer]:
    """Answers in the order of the rows: what cannot be read is refused, the rest is recorded."""
    tokens.note_use(token)
    only = token.enrolment.key if token.enrolment else None
    read = [row if isinstance(row, RowAnswer) else _scoped(read_event(row, enrolment=only), only) for row in rows]
    events = [row for row in read if isinstance(row, IncomingEvent)]
    recorded = iter(services.record(token.adoption, events, source=Source(by=token.bearer, token=token)))
    return [row if isinstance(row, RowAnswer) else next(recorded) for row in read]


def _scoped(row: IncomingEvent | RowAnswer, only: str | None) -> IncomingEvent | RowAnswer:
    if only is not None and isinstance(row, IncomingEvent) and row.enrolment != only:
        return RowAnswer(row.id, Outcome.REFUSED, (unknown_enrolment(row.enrolment),))
    return row


def _answer(answers: list[RowAnswer]) -> JsonResponse:
    counts = {outcome.value: sum(answer.status is outcome for answer in answers) for outcome in Outcome}
    rows = [
        {
            "row": number,
            "id": answer.id,
            "status": answer.status.value,
            "problems": [as_json(problem) for problem in answer.problems],
        }
        for number, answer in enumerate(answers, start=1)
    ]
    refused = counts[Outcome.REFUSED]
    status = 200 if not refused else 422 if refused == len(answers) else 207
    return JsonResponse(counts | {"rows": rows}, status=status)


def _turned(status: int, where: str, what: str, instead: str, written: str = "") -> Turned:
    return Turned(status, Problem(where, what, instead, written))

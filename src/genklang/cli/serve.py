"""`genklang serve`: the whole of Genklang on one machine, with a worker along on the embedded database."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from waitress.server import BaseWSGIServer, MultiSocketServer

THREADS = 8
SECONDS_TO_STOP = 10


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser(
        "serve",
        help="serve the pages, the API and, on the embedded database, the worker",
        description="Serves until stopped (Ctrl-C). On PostgreSQL run `genklang work` beside it.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--no-worker", action="store_true", help="serve pages only")
    parser.add_argument("--migrate", action="store_true", help="bring the database's tables up to date first")
    parser.add_argument("--demo", action="store_true", help="an invented municipality, and sign-in with one click")
    parser.add_argument("--json", action="store_true", help="say where it serves as a line of JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when stopped; 1 when the database or the port is not ready (why: on stderr)."""
    if args.demo:
        os.environ["GENKLANG_DEMO"] = "1"
    if not _tables_ready(migrate=args.migrate):
        return 1
    _fill(demo=args.demo)
    return _serve(args)


def _tables_ready(*, migrate: bool) -> bool:
    """The embedded database is brought up to date by itself; another one only when told to."""
    from genklang.cli import setting_up

    setting_up.start_django()
    if migrate or (_is_embedded() and setting_up.missing_migrations()):
        setting_up.migrate()
    return setting_up.ready()


def _is_embedded() -> bool:
    from django.db import connection

    return connection.vendor == "sqlite"


def _fill(*, demo: bool) -> None:
    """The bank from its folders; and, for the demo, a municipality that has adopted from it."""
    from genklang.bank.services import load_practices

    for problem in load_practices().problems:
        print(problem, file=sys.stderr)
    if demo:
        from genklang.operate.demo.building import ensure_demo

        ensure_demo(lambda line: print(f"Filling the demo: {line} ...", flush=True))


def _serve(args: argparse.Namespace) -> int:
    from waitress.server import create_server

    from genklang.site.wsgi import application

    try:
        server = create_server(application, host=args.host, port=args.port, threads=THREADS, ident="Genklang")
    except OSError as error:
        instead = f"Choose another, for example --port {args.port + 1}."
        print(f"genklang serve: {args.host}:{args.port}: {error.strerror}. {instead}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _stop)
    with_worker = _is_embedded() and not args.no_worker
    _say_where(args, with_worker=with_worker)
    _until_stopped(server, with_worker=with_worker, demo=args.demo)
    return 0


def _say_where(args: argparse.Namespace, *, with_worker: bool) -> None:
    shown = f"[{args.host}]" if ":" in args.host else args.host
    url = f"http://{shown}:{args.port}"
    if args.json:
        print(json.dumps({"url": url, "worker": with_worker}), flush=True)
    else:
        print(f"Genklang: {url}{'' if with_worker else ' (no worker)'}  Ctrl-C stops.", flush=True)


def _until_stopped(server: BaseWSGIServer | MultiSocketServer, *, with_worker: bool, demo: bool) -> None:
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(stop, demo), name="worker", daemon=True) if with_worker else None
    if worker:
        worker.start()
    try:
        server.run()
    finally:
        stop.set()
        server.close()
        if worker:
            worker.join(SECONDS_TO_STOP)


def _work(stop: threading.Event, demo: bool) -> None:
    from genklang.operate.demo.living import Living
    from genklang.operate.loop import Loop

    Loop(stop=stop, before=Living().step if demo else None).run()


def _stop(*_signal: object) -> NoReturn:
    raise SystemExit(0)

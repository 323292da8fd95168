"""The town that is tormented, and what is asked of it afterwards. Run as a process of its own, on GENKLANG_DATABASE.

`make FILE` fills the database as the JSON file says; `staff` is somebody who deals with alarms; `settle` lets time
pass and the outbox empty; `check FILE` says everything that is wrong, as a JSON list.
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from genklang.cli.setting_up import migrate, start_django

EVERY = 2  # seconds between a person's dues
PROTOCOL = f"""
language: 1
practice: tider-som-ror-sig
version: 1.0.0
title: {{sv: Tider som rör sig, en: Times on the move}}
summary: {{sv: Någon hör av sig varannan sekund., en: Somebody is heard from every other second.}}
roles:
  person: {{participant: true, sv: Person, en: Person}}
  nurse: {{sv: Sjuksköterska, en: Nurse}}
  on_call: {{sv: Beredskap, en: On call}}
stages:
  active: {{sv: Aktiv, en: Active}}
  ended: {{final: true, sv: Avslutad, en: Ended}}
events:
  signed: {{by: device, during: active, sv: Livstecken, en: Sign of life}}
  asked: {{by: device, during: active, sv: Fråga, en: Question}}
  answered: {{by: device, during: active, sv: Svar, en: Answer}}
  ended: {{by: device, moves: [active, ended], sv: Slut, en: End}}
expectations:
  sign:
    sv: Livstecken
    en: Sign of life
    during: active
    every: {EVERY} s
    expect: signed
    within: 1 s
    remind: [{{at: 0 s, by: device}}]
    otherwise: {{alarm: nurse, escalate: [{{after: 1 s, to: on_call}}]}}
  answer:
    {{sv: Svar, en: Answer, during: active, after: asked, expect: answered, within: 2 s, otherwise: {{task: nurse}}}}
"""
ENDS = {"met", "met_late", "missed", "waived", "cancelled"}
PATIENCE = 40  # rounds of emptying the outbox


def make(path: Path) -> None:
    """The tables, one adoption with its people, and tokens; what the harness needs is written back to the file."""
    from genklang.bank.models import Practice, ProtocolVersion
    from genklang.operate import services
    from genklang.people import services as people
    from genklang.protocol.reading import canonical_json, digest, read_protocol

    asked = json.loads(path.read_text())
    migrate()
    protocol = read_protocol(PROTOCOL, file="protocol.yaml")
    practice = Practice.objects.create(slug=protocol.practice)
    version = ProtocolVersion.objects.create(
        practice=practice, version="1.0.0", digest=digest(protocol), source=PROTOCOL, canonical=canonical_json(protocol)
    )
    organisation = people.add_organisation(slug="proveby", name="Proveby")
    adoption = services.adopt(
        organisation=organisation,
        protocol_version=version,
        actor=None,
        name="Prov",
        overlay={"channels": asked["channels"]},
    )
    for key in asked["enrolments"]:
        services.enrol(adoption, person=people.add_person(organisation=organisation, display_name=key), key=key)
    secrets = [services.issue_token(adoption, label=name)[1] for name in asked["clients"]]
    path.write_text(json.dumps(asked | {"secrets": secrets}))


def staff() -> None:
    """Acknowledges, resolves and waives alarms, one after another, until killed."""
    from django.db import DatabaseError

    chance = random.Random()
    _say("ready")
    while True:
        try:
            _deal_with_one(chance)
        except DatabaseError:
            time.sleep(0.2)
        time.sleep(0.1)


def _deal_with_one(chance: random.Random) -> None:
    from genklang.operate import services
    from genklang.operate.incoming import Source
    from genklang.operate.models import Alarm
    from genklang.operate.problems import Refused

    open_alarms = list(Alarm.objects.filter(closed_at=None).select_related("enrolment__adoption").order_by("-pk")[:20])
    if not open_alarms:
        return
    alarm = chance.choice(open_alarms)
    kind, more = chance.choice([("acknowledged", {}), ("resolved", {"how": "ringt"}), ("waived", {"reason": "borta"})])
    key = f"staff-{uuid.uuid4().hex}"
    _say(f"try {key}")
    try:
        source = Source(by="nurse", house=True)
        services.record_one(alarm.enrolment, kind, {"due": alarm.due, **more}, source=source, id=key)
    except Refused:
        _say(f"refused {key}")
    else:
        _say(f"done {key}")


def settle() -> None:
    """Lets time pass, then empties the outbox as a worker would who comes when all leases have run out."""
    from genklang.operate import clock, worker
    from genklang.operate.models import Outbox

    while worker.tick(clock.now()).enrolments:
        pass
    now = clock.now()
    for _ in range(PATIENCE):
        now += worker.LEASE + clock.SECOND
        while worker.drain(now).delivered:
            pass
        if not Outbox.objects.filter(delivered_at=None, given_up_at=None).exists():
            return


def check(path: Path) -> None:
    """Everything that is wrong with the history, as JSON."""
    from bench.crash.history import wrong

    _say(json.dumps(list(wrong(json.loads(path.read_text())))))


def _say(line: str) -> None:
    print(line, flush=True)


def main(argv: list[str]) -> None:
    """Does what the first word says."""
    start_django()
    work: Any = {"make": make, "staff": staff, "settle": settle, "check": check}[argv[0]]
    work(*map(Path, argv[1:]))


if __name__ == "__main__":
    main(sys.argv[1:])

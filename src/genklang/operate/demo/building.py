"""Makes the demonstration, once: rehearsed histories up to now, and the trial imported as anybody would import it."""

from collections.abc import Callable, Iterator, Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from genklang.bank.models import ProtocolVersion
from genklang.bank.services import load_practices
from genklang.engine.types import Event
from genklang.operate import clock, history, imports, services
from genklang.operate.demo.names import invented_names
from genklang.operate.demo.scenes import (
    FORGETFUL,
    SCENES,
    SEED,
    TRIAL_NAME,
    TRIAL_ORGANISATION,
    TRIAL_PRACTICE,
    TRIAL_ROLE,
    Scene,
)
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption
from genklang.people import services as people
from genklang.people.models import Organisation, Person, Role
from genklang.protocol.types import Protocol
from genklang.protocol.units import HOUR, MINUTE
from genklang.rehearsal.participant import AVERAGE_MONTH
from genklang.rehearsal.running import rehearse

Progress = Callable[[str], None]
MARGIN_YEARS = 0.03  # calendar years differ in length: rehearse a little past now, and keep what has happened


def ensure_demo(progress: Progress = lambda line: None) -> bool:
    """Makes the demonstration unless it is there. Returns whether it was made. Practices are brought up to date."""
    load_practices()
    home = people.ensure_demo_organisation()
    if home.adoptions.exists():
        return False
    with transaction.atomic():
        for kind in people.DEMO_KINDS:
            people.ensure_demo_user(kind)
        for scene in SCENES:
            progress(scene.name)
            _play(scene, home)
        progress(TRIAL_NAME)
        _import_trial()
    return True


def _play(scene: Scene, home: Organisation) -> None:
    adoption = services.adopt(
        organisation=home, protocol_version=_version(scene.practice), actor=None, name=scene.name, simulated=True
    )
    for kind, role in scene.staff:
        services.assign(adoption, user=people.ensure_demo_user(kind), role=role)
    now = clock.now()
    lives = _lives(scene, adoption, now=now)
    protocol = adoption_machine(adoption).protocol
    persons = iter(_persons(scene, home, count=len(lives)))
    histories = [
        history.History(None, key, events, title=title, members=_members(events, home, number))
        if (title := _title(protocol, events, number))
        else history.History(next(persons), key, events, members=_members(events, home, number))
        for number, (key, events) in enumerate(lives.items(), start=1)
        if events
    ]
    history.load_histories(adoption, histories, until=now)
    adoption.started_at = clock.moment(min(events[0].occurred_at for events in lives.values()))
    adoption.save(update_fields=["started_at"])


def _title(protocol: Protocol, events: Sequence[Event], number: int) -> str:
    """What a matter or a group is called; empty for a person."""
    if protocol.matter:
        return f"{protocol.matter.sv} {number}"
    role = protocol.roles.get(str(events[0].data.get("participant", protocol.participant_role)))
    return f"{role.sv} {number}" if role and role.group else ""


def _members(events: Sequence[Event], home: Organisation, number: int) -> dict[str, Person]:
    """Invented people for those who belong to an enrolment by its log."""
    keys = [str(event.data["member"]) for event in events if event.kind == "member_joined"]
    names = invented_names(len(keys), seed=SEED * 1000 + number)
    return {key: people.add_person(organisation=home, display_name=name) for key, name in zip(keys, names, strict=True)}


def _midnight(instant: int, zone: str) -> int:
    """When that day began, so that what is rehearsed by the hour comes by day."""
    local = clock.moment(instant).astimezone(ZoneInfo(zone))
    return clock.instant(local.replace(hour=0, minute=0, second=0, microsecond=0))


def _lives(scene: Scene, adoption: Adoption, *, now: int) -> dict[str, list[Event]]:
    """The events of each invented participant up to now, by the enrolment's key."""
    machine = adoption_machine(adoption)
    protocol = machine.protocol
    if protocol.rehearsal is None:
        raise ValueError(f"{scene.practice} has no rehearsal to fill a demonstration with")
    protocol = protocol.model_copy(
        update={"rehearsal": protocol.rehearsal.model_copy(update={"arrivals": scene.arrivals})}
    )
    rehearsed = rehearse(
        protocol,
        enrolments=scene.people,
        years=scene.years + MARGIN_YEARS,
        seed=SEED,
        zone=adoption.zone,
        start=_midnight(now - round(scene.years * 12 * AVERAGE_MONTH), adoption.zone),
        machine=machine,
    )
    forgetful = FORGETFUL if "dose_times" in protocol.facts else {}
    return {
        life.enrolment: list(_forgets(life.events, minutes=forgetful[life.index], adoption=adoption, now=now))
        if life.index in forgetful
        else [event for event in life.events if event.occurred_at <= now]
        for life in rehearsed.participants
    }


def _forgets(events: Sequence[Event], *, minutes: int, adoption: Adoption, now: int) -> Iterator[Event]:
    """A life in which the dose time was moved to so many minutes from now, and the dose is not taken."""
    moved = now - 3 * HOUR
    yield from (event for event in events if event.occurred_at < moved)
    zone = adoption_machine(adoption).zone
    slot = zone.local(now + minutes * MINUTE).strftime("%H:%M")
    last = events[-1]
    name = last.id.rpartition("-")[0]
    yield Event(f"{name}-moved", "stated", moved, "nurse", {"dose_times": [slot]}, last.sequence + 1, moved)


def _persons(scene: Scene, home: Organisation, *, count: int) -> list[Person]:
    """The demonstration's participant first, then invented people. Names differ between practices."""
    doris = Person.objects.get(organisation=home, user=people.ensure_demo_user("participant"))
    first = [doris] if scene.doris else []
    names = invented_names(count - len(first), seed=SEED + len(scene.practice))
    return [*first, *(people.add_person(organisation=home, display_name=name) for name in names)]


def _import_trial() -> None:
    slug, name = TRIAL_ORGANISATION
    organisation = Organisation.objects.filter(slug=slug).first() or people.add_organisation(slug=slug, name=name)
    lead = people.ensure_demo_user("lead")
    people.add_member(email=lead.email, organisation=organisation, role=Role.LEAD)
    adoption = services.adopt(
        organisation=organisation,
        protocol_version=_version(TRIAL_PRACTICE),
        actor=lead,
        name=TRIAL_NAME,
        historical=True,
    )
    services.assign(adoption, user=lead, role=TRIAL_ROLE)
    path = settings.GENKLANG_PRACTICES / TRIAL_PRACTICE / "data.csv"
    imports.apply_import(adoption, path.read_bytes(), file=path.name, user=lead)


def _version(practice: str) -> ProtocolVersion:
    return ProtocolVersion.objects.filter(practice__slug=practice).latest("pk")

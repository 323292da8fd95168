"""Practices run for a browser test: adopted by Lindmåla, with staff at work, and lives already lived."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from genklang.operate import clock, services, worker
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption, Enrolment
from genklang.people.models import Organisation, User
from tests.browser.conftest import check_page
from tests.web.operate_core.conftest import Wall, at, publish

PRACTICES = Path(__file__).parents[2] / "practices"
Told = tuple[str, str, Mapping[str, Any]]


def adopted(slug: str, organisation: Organisation, *, name: str, staff: Mapping[str, User]) -> Adoption:
    """The practice, run by the organisation; `staff` are its users by role."""
    version = publish((PRACTICES / slug / "protocol.yaml").read_text(encoding="utf-8"))
    adoption = services.adopt(organisation=organisation, protocol_version=version, actor=None, name=name)
    for role, user in staff.items():
        services.assign(adoption, user=user, role=role)
    return adoption


@pytest.fixture
def ticking(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock goes on a second each time that it is looked at: what people do one after the other has an order."""

    def now() -> int:
        wall.time += clock.SECOND
        return wall.time

    monkeypatch.setattr(clock, "now", now)


def pass_time(wall: Wall, to: str) -> None:
    """Lets time pass, and the worker work."""
    wall.set(to)
    while worker.tick(clock.now()).enrolments:
        pass


def both_widths(page: Page) -> None:
    """Checks the page, wide and narrow."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page)


def told(wall: Wall, enrolment: Enrolment, *events: Told) -> None:
    """Lets events happen, each (local time, kind, fields), as the first of those who may report it."""
    kinds = adoption_machine(enrolment.adoption).protocol.events
    for when, kind, data in events:
        wall.set(when)
        event = IncomingEvent(f"{enrolment.key}-{kind}-{when}", enrolment.key, kind, at(when), dict(data))
        [row] = services.record(enrolment.adoption, [event], source=Source(by=kinds[kind].by[0]))
        assert row.status == "accepted", row

"""For practices with guests and open pages: a clock that goes on, files of their own, addresses shown once."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django import Settings

from genklang.operate import clock
from genklang.operate.views import visiting
from tests.web.operate_core.conftest import Wall


@pytest.fixture
def going(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> Wall:
    """The test's clock, going on by itself from 2 February 2026 at 09:00: what comes after something is later."""
    wall.set("2026-02-02 09:00")
    started = time.monotonic_ns()
    monkeypatch.setattr(clock, "now", lambda: wall.time + (time.monotonic_ns() - started) // 1000)
    return wall


@pytest.fixture(autouse=True)
def media_folder(settings: Settings, tmp_path: Path) -> None:
    """Films of this test only, and no brake from another."""
    settings.VAR = tmp_path
    for brake in (visiting.guest_brake, visiting.public_brake, visiting.matter_brake):
        brake.forget()


def address(page: Page) -> str:
    """The address of a private link, shown this once."""
    page.get_by_role("button", name="Visa adressen").click()
    return page.get_by_label("Adressen", exact=True).input_value()


def here(url: str) -> str:
    """An address within the site, without the server's name."""
    return "/" + url.split("/", 3)[3]

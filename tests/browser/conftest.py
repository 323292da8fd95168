"""A real Chromium: pages opened as one of the cast, in a language and at a width, and checked with axe."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, Error, Locator, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from genklang.people.models import Person, User
from genklang.people.services import BACKEND

OpenAs = Callable[..., Page]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_AT = {"sv": 320, "en": 1280}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# The shell draws no window of its own around a page, which takes a third of the time away.
PLACES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MISSING = "No Chromium here. Install one: apt-get install chromium-headless-shell (or name it in GENKLANG_CHROMIUM)."

# Notes that the page is about to be left, before the click that does it is over.
LEAVING = """
const note = (event, leaves) => { if (leaves && !event.defaultPrevented) window.leaving = true };
addEventListener("submit", event => note(event, true));
addEventListener("click", event => {
  const link = event.target.closest("a[href]");
  note(event, link && !(link.hash && link.href.split("#")[0] === location.href.split("#")[0]));
});
"""
STILL_LEAVING = "() => window.leaving || document.readyState === 'loading'"


def chromium() -> str:
    """Where Chromium lies; empty when there is none."""
    named = os.environ.get("GENKLANG_CHROMIUM")
    found = [named, *map(shutil.which, PLACES)]
    return next((path for path in found if path and Path(path).exists()), "")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; a missing one is a failure, never a skip."""
    path = chromium()
    if not path:
        pytest.fail(MISSING, pytrace=False)
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", click_and_arrive)
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


def click_and_arrive(self: Locator, click: Callable[..., None] = Locator.click, **options: Any) -> None:
    """Clicks, and waits until the page that it leads to stands there, so that the next line never asks the old one.

    Playwright itself goes on when a navigation has begun, and on a busy machine the old page answers for a while.
    """
    click(self, **options)
    for _ in range(3000):
        if not leaving(self.page):
            return
        self.page.wait_for_timeout(10)
    pytest.fail(f"{self} leads away from {self.page.url}, and no other page came in 30 seconds")


def leaving(page: Page) -> bool:
    """Whether the page is being left for another, or has come only in part."""
    try:
        return bool(not page.is_closed() and page.evaluate(STILL_LEAVING))
    except Error:  # left at this very moment
        return True


@pytest.fixture
def open_as(browser: Browser, live_server: LiveServer) -> Iterator[OpenAs]:
    """`open_as(alva, "/about/", language="en", width=320)` gives the page; None opens it signed out.

    `scripts=False` turns JavaScript off. Anything that the content security policy blocks, or that fails in a
    script, fails the test when it ends.
    """
    contexts = []
    complaints: list[str] = []

    def opened(
        someone: User | Person | None, path: str, *, language: str = "sv", width: int = 1280, scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=language, java_script_enabled=scripts
        )
        contexts.append(context)
        user = someone.user if isinstance(someone, Person) else someone
        if user:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session(user), "url": live_server.url}]
            )
        page = context.new_page()
        page.add_init_script(LEAVING)
        page.on("download", lambda _: page.evaluate("window.leaving = false"))  # a file came; the page stays
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None
        )
        page.goto(f"{live_server.url}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints, complaints


def session(user: User) -> str:
    """The key of a new session in which the user is signed in."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    assert store.session_key
    return store.session_key


def check_page(page: Page) -> None:
    """Asserts what every page must hold: nothing that axe finds, one first heading, no sideways scrolling."""
    axe(page)
    fits(page)


def check_each_way(page: Page, language: str) -> None:
    """The same of a page that is opened in both languages: wide and narrow, axe at one width in each language."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        fits(page)
        if width == AXE_AT[language]:
            axe(page)


def fits(page: Page) -> None:
    """Asserts that there is one first heading, and no sideways scrolling."""
    assert page.locator("h1").count() == 1
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url}: {overflow} px too wide at {page.viewport_size}"


def axe(page: Page) -> None:
    """Asserts that axe finds no violation, and prints those it finds."""
    page.wait_for_load_state()
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    assert results.violations_count == 0, f"{page.url} at {page.viewport_size}\n{results.generate_report()}"

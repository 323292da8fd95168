"""Pages among many: lists read the beginnings of indexes, counts and figures of many are kept, a case asks little."""

import os
import subprocess
import threading
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from genklang.cli import main
from genklang.operate.models import Enrolment, KeptFigures, Task
from genklang.operate.pages import keeping, measuring, paging
from genklang.operate.pages.adoptions import called
from genklang.operate.pages.paging import Lazy, Waiting, count_first, counted, first_of
from genklang.operate.pages.running import places_of
from genklang.people.models import AccessLog, User
from tests.conftest import SignIn
from tests.web.operate_core.conftest import Ward

pytestmark = pytest.mark.django_db


def tasks(ward: Ward, role: str, *, opened: list[int]) -> None:
    given = {"adoption": ward.adoption, "enrolment": ward.enrolment, "expectation": "refill", "role": role}
    Task.objects.bulk_create([Task(due=f"refill/{role}/{at}", opened_at=at, **given) for at in opened])


def opened_of(role: str) -> "QuerySet[Any, Any]":
    return Task.objects.filter(role=role).order_by().values(at=F("opened_at"), row=F("pk"))


def test_rows_of_several_queries_come_in_one_order_group_after_group(ward: Ward) -> None:
    tasks(ward, "nurse", opened=[1, 4, 6])
    tasks(ward, "nurse_on_call", opened=[2, 3, 5])
    tasks(ward, "later", opened=[0, 9])
    both = [opened_of("nurse"), opened_of("nurse_on_call")]
    rows = Waiting([both, [opened_of("later")]], lambda some: [row["at"] for row in some])
    assert len(rows) == 8
    assert rows[:8] == [1, 2, 3, 4, 5, 6, 0, 9]
    assert [rows[start : start + 3] for start in (0, 3, 6)] == [[1, 2, 3], [4, 5, 6], [0, 9]]
    assert rows[6] == 0


def test_no_query_is_read_further_than_a_page_needs(ward: Ward) -> None:
    tasks(ward, "nurse", opened=list(range(9)))
    with CaptureQueriesContext(connection) as asked:
        assert [row["at"] for row in first_of([opened_of("nurse"), opened_of("nobody")], 4)] == [0, 1, 2, 3]
    assert len(asked) == 1 and asked.captured_queries[0]["sql"].count("LIMIT 4") == 2
    assert count_first([opened_of("nurse")], 5) == 5
    assert count_first([opened_of("nurse").filter(pk__in=[])], 5) == 0  # what can find nothing is not asked
    assert len(Lazy(Task.objects.all(), list, most=7)) == 7


def test_few_are_counted_each_time_and_many_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "_counts", {})
    numbers = iter([4_999, 5_000, 5_001])
    count = partial(counted, "people", lambda: next(numbers), size=int)
    assert [count(), count(), count()] == [4_999, 5_000, 5_000]


def test_figures_of_many_are_shown_as_they_were_while_they_are_made_anew(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MANY", 1)
    monkeypatch.setattr(keeping, "_kept", {})
    made, go_on, is_made = iter("abc"), threading.Event(), threading.Event()
    assert keeping.kept(ward.adoption, "figure", lambda: next(made)) == "a"
    ward.wall.set("2026-03-02 12:00")
    ward.report("heartbeat", "2026-03-02 11:00")

    def slowly() -> str:
        assert go_on.wait(10)
        is_made.set()
        return next(made)

    assert keeping.kept(ward.adoption, "figure", slowly) == "a"
    assert keeping.kept(ward.adoption, "figure", slowly) == "a"  # and it is made only once meanwhile
    go_on.set()
    assert is_made.wait(10)
    for thread in threading.enumerate():
        if thread.name == "figures":
            thread.join(10)
    assert keeping.kept(ward.adoption, "figure", slowly) == "b"


def test_a_case_asks_no_more_of_a_longer_past(ward: Ward, bo: User, sign_in: SignIn) -> None:
    client, path = sign_in(bo), reverse("operate:case", args=[ward.enrolment.public_id])
    few = _statements(client, path)
    for minute in range(10, 30):
        ward.wall.set(f"2026-03-02 07:{minute}")
        ward.report("heartbeat", f"2026-03-02 07:{minute}")
    assert _statements(client, path) <= few


def test_a_list_that_renews_itself_writes_its_names_once(ward: Ward, bo: User, sign_in: SignIn) -> None:
    client = sign_in(bo)
    ward.tick("2026-03-02 09:03")
    client.get("/work/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/work/alarms/")
    assert AccessLog.objects.filter(actor=bo, action="list").count() == 1
    assert not any("INSERT" in one["sql"] and "accesslog" in one["sql"] for one in asked.captured_queries)


def test_a_number_is_found_before_a_part_of_a_name(ward: Ward) -> None:
    number = ward.enrolment.key
    assert called(ward.adoption, number) == [ward.enrolment.pk]
    assert called(ward.adoption, number.lower()) == [ward.enrolment.pk]
    assert called(ward.adoption, "ori") == list(Enrolment.objects.values_list("pk", flat=True))
    assert called(ward.adoption, "nobody at all") == []


def _statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """One person counts as very many; what is asked of a program of its own."""
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(keeping, "MANY", 1)
    monkeypatch.setattr(os, "nice", lambda _more: 0)
    monkeypatch.setattr(keeping, "_start", lambda adoption, what: asked.append((adoption, what)))
    started_anew(monkeypatch)
    return asked


def started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_kept", {})


def made(asked: list[tuple[str, str]]) -> None:
    """The programs that were started have done their work."""
    while asked:
        assert main(["figures", *asked.pop(), "--json"]) == 0


def test_nobody_waits_for_the_first_figures_of_many_but_what_leaves_the_house(
    ward: Ward, asked: list[tuple[str, str]]
) -> None:
    first = measuring.measured(ward.adoption)
    assert first.being_made and first.enrolments == 1 and not first.values
    assert not measuring.measured_now(ward.adoption).being_made
    assert asked == [(str(ward.adoption.public_id), "measured")]  # once, however many look


def test_what_does_not_come_is_asked_for_again(ward: Ward, asked: list[tuple[str, str]]) -> None:
    measuring.measured(ward.adoption)
    ward.wall.time += keeping.PATIENCE + 1
    assert measuring.measured(ward.adoption).being_made
    assert len(asked) == 2


def test_figures_of_many_are_there_after_a_start_and_made_anew_when_they_are_old(
    ward: Ward, asked: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ward.tick("2026-03-02 09:30")
    measuring.measured(ward.adoption)
    made(asked)
    first = measuring.measured(ward.adoption)
    assert first.values and not first.being_made and first.at == ward.wall.time
    assert not asked
    started_anew(monkeypatch)
    ward.tick("2026-03-02 10:30")
    assert measuring.measured(ward.adoption) == first  # as it was, and it is made anew
    made(asked)
    assert measuring.measured(ward.adoption).at == ward.wall.time


def test_figures_of_another_protocol_are_not_shown(ward: Ward, asked: list[tuple[str, str]]) -> None:
    measuring.measured(ward.adoption)
    made(asked)
    assert not measuring.measured(ward.adoption).being_made
    KeptFigures.objects.update(digest="0" * 64)
    assert measuring.measured(ward.adoption).being_made


def test_public_figures_of_many_are_made_by_the_program_too(ward: Ward, asked: list[tuple[str, str]]) -> None:
    practice = ward.adoption.protocol_version.practice
    places_of(practice)
    assert asked == [(str(ward.adoption.public_id), "public")]
    made(asked)
    places_of(practice)
    assert not asked


def test_the_program_tells_of_an_adoption_that_is_not_there(
    ward: Ward, asked: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    for wrong in ("nothing", str(ward.enrolment.public_id)):
        assert main(["figures", wrong, "measured"]) == 1
        assert wrong in capsys.readouterr().err


def test_the_program_that_is_started_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", lambda words, **_rest: started.append(words))
        keeping._start("an-adoption", "measured")
    done = subprocess.run([*started[0][:3], "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "ADOPTION" in done.stdout


def test_the_lead_is_told_that_figures_are_being_made_and_how_old_they_are(
    ward: Ward, alva: User, sign_in: SignIn, asked: list[tuple[str, str]]
) -> None:
    client, path = sign_in(alva), reverse("operate:adoption", args=[ward.adoption.public_id])
    assert "counting takes some minutes" in client.get(path).content.decode()
    made(asked)
    fresh = client.get(path).content.decode()
    assert "counting takes some minutes" not in fresh and "Counted" not in fresh
    ward.wall.set("2026-03-02 08:10")
    assert "Counted" in client.get(path).content.decode()

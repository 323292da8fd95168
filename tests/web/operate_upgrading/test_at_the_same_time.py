"""Somebody reports while the lead upgrades: each waits for the other, and nothing is lost or counted by half."""

import time
from threading import Thread
from typing import Any

import pytest
from django.db import connections

from genklang.operate import upgrading
from genklang.operate.models import Adoption, Enrolment, Event
from genklang.operate.proving import differences
from tests.web.operate_core.conftest import Ward
from tests.web.operate_upgrading.conftest import NewVersion
from tests.web.operate_upgrading.test_upgrading import NOTED

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_reported_meanwhile_waits_and_counts(
    ward: Ward, newer: NewVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward.report("installed", "2026-03-02 07:05", by="nurse")
    ward.wall.set("2026-03-02 12:00")
    new, settle = newer(NOTED), upgrading._settle

    def slowly(*args: Any) -> None:
        reporting.start()
        time.sleep(0.5)
        assert not done
        settle(*args)

    def report() -> None:
        try:
            ward.report("dose_taken", "2026-03-02 08:05")
            done.append(ward.enrolment.key)
        finally:
            connections.close_all()

    done: list[str] = []
    reporting = Thread(target=report)
    monkeypatch.setattr(upgrading, "_settle", slowly)
    upgrading.apply_upgrade(ward.adoption, new, actor=None)
    reporting.join(timeout=20)
    assert done
    row = Enrolment.objects.get()
    assert row.protocol_version == new
    assert Event.objects.filter(enrolment=row, kind="dose_taken").count() == 1
    assert row.outcome_facts.get(current=True).status == "met"
    assert Adoption.objects.get().protocol_version == new
    assert list(differences([row])) == []

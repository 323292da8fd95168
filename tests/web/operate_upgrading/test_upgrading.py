"""Upgrading an adoption: the plan tells what is done; it is done whole or not at all; and it can be taken back."""

from typing import Any

import pytest

from genklang.operate import clock, services, upgrading
from genklang.operate.machines import load_state
from genklang.operate.models import Adoption, Alarm, Due, Enrolment, Task, Upgrade
from genklang.operate.problems import Refused
from genklang.operate.proving import differences
from genklang.people.models import User
from genklang.people.services import add_person
from tests.web.operate_core.conftest import PRACTICES, STOCKHOLM, Ward, at, publish
from tests.web.operate_upgrading.conftest import TEXT, NewVersion

pytestmark = pytest.mark.django_db
NOTED = ("  refilled: {sv: Påfylld", "  noted: {sv: Notis, en: Note, by: nurse}\n  refilled: {sv: Påfylld")
SOONER = ("every: 14 days", "every: 7 days")
LONGER = ("within: 60 min", "within: 90 min")
DEARER = ("amount: 97.50 SEK", "amount: 120 SEK")


def row_of(ward: Ward) -> dict[str, Any]:
    """All that is stored of the adoption and the enrolment."""
    rows = Adoption.objects.filter(pk=ward.adoption.pk), Enrolment.objects.filter(pk=ward.enrolment.pk)
    return {name: value for found in rows for name, value in found.values()[0].items()}


def live(ward: Ward) -> None:
    """A week with a dose missed, one late, and an alarm left open."""
    ward.report("installed", "2026-03-02 07:05", by="nurse")
    ward.report("dose_taken", "2026-03-02 08:05")
    ward.tick("2026-03-02 21:30")
    ward.report("dose_taken", "2026-03-02 21:40")
    ward.tick("2026-03-03 10:00")
    assert Alarm.objects.filter(closed_at=None).exists()


def test_an_additive_upgrade_moves_whoever_takes_part(ward: Ward, newer: NewVersion, alva: User) -> None:
    live(ward)
    before, new = row_of(ward), newer(NOTED)
    plan = upgrading.plan_upgrade(ward.adoption, new)
    assert (plan.impact, [move.fate for move in plan.moves], plan.problems) == ("additive", ["moves"], ())
    assert row_of(ward) == before
    upgrade = upgrading.apply_upgrade(ward.adoption, new, actor=alva, fingerprint=plan.fingerprint)
    after = row_of(ward)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"protocol_version_id", "course"}
    assert after["course"] == [[upgrade.old.digest, at("2026-03-03 10:00") + 1]]
    assert list(upgrade.moved.all()) == [ward.enrolment]
    assert ward.report("noted", "2026-03-03 09:30", by="nurse").status.value == "refused"  # nobody could say so then
    ward.wall.set("2026-03-03 10:30")
    assert ward.report("noted", "2026-03-03 10:20", by="nurse").status.value == "accepted"
    assert list(differences(Enrolment.objects.all())) == []


def test_what_happened_reads_as_before_and_life_goes_on(ward: Ward, newer: NewVersion) -> None:
    live(ward)
    alarms = list(Alarm.objects.filter(closed_at=None).values_list("due", flat=True))
    facts = list(ward.enrolment.outcome_facts.filter(current=True).values_list("due", "status"))
    upgrading.apply_upgrade(ward.adoption, newer(NOTED), actor=None)
    assert list(Alarm.objects.filter(closed_at=None).values_list("due", flat=True)) == alarms
    ward.report("dose_taken", "2026-03-03 10:05")
    ward.tick("2026-03-03 21:30")
    now = dict(ward.enrolment.outcome_facts.filter(current=True).values_list("due", "status"))
    assert {due: now[due] for due, _status in facts if due not in alarms} == {
        due: status for due, status in facts if due not in alarms
    }
    assert len(now) > len(facts)
    assert list(differences(Enrolment.objects.all())) == []


def test_what_would_mean_something_else_leaves_people_where_they_began(
    ward: Ward, newer: NewVersion, lindmala: Any
) -> None:
    live(ward)
    before, new = row_of(ward), newer(LONGER)
    plan = upgrading.plan_upgrade(ward.adoption, new)
    assert [move.fate for move in plan.moves] == ["stays"]
    upgrading.apply_upgrade(ward.adoption, new, actor=None, fingerprint=plan.fingerprint)
    ward.enrolment.refresh_from_db()
    assert ward.enrolment.protocol_version.version == "1.0.0"
    assert ward.enrolment.state == before["state"]
    person = add_person(organisation=lindmala, display_name="Gun")
    facts = {"dose_times": ["08:00"], "can_operate": True, "physician_agrees": True}
    fresh = services.enrol(ward.adoption, person=person, key="U-2", facts=facts)
    assert fresh.protocol_version == new


def dues_of(ward: Ward) -> dict[str, str]:
    """The latest target of each expectation that is open, in local time."""
    rows = Due.objects.filter(enrolment=ward.enrolment).order_by("target_at")
    return {row.expectation: local(row.target_at) for row in rows}


def local(instant: int) -> str:
    return clock.moment(instant).astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")


def test_what_is_expected_otherwise_reaches_whoever_takes_part(ward: Ward, newer: NewVersion) -> None:
    live(ward)
    assert dues_of(ward)["refill"] == "2026-03-16 07:00"
    new = newer(
        SOONER, ("      - {at: 30 min, by: sms, to: patient}\n", ""), ("alarm: nurse, ", "alarm: nurse_on_call, ")
    )
    told = list(ward.enrolment.outcome_facts.values_list("due", "status", "current"))
    [move] = upgrading.plan_upgrade(ward.adoption, new).moves
    assert move.fate == "moves"
    assert dues_of(ward)["refill"] == "2026-03-16 07:00"  # a plan changes nothing
    upgrading.apply_upgrade(ward.adoption, new, actor=None)
    assert dues_of(ward)["refill"] == "2026-03-09 07:00"
    assert list(ward.enrolment.outcome_facts.values_list("due", "status", "current")) == told
    assert {row.role for row in Alarm.objects.filter(closed_at=None)} == {"nurse_on_call"}
    ward.tick("2026-03-10 07:01")
    assert Task.objects.filter(expectation="refill", closed_at=None).exists()
    ward.report("dose_taken", "2026-03-03 08:10", id="late")  # before the turn, and told only now
    fact = ward.enrolment.outcome_facts.get(due="dose/2026-03-03T08:00", current=True)
    assert fact.status == "met"
    assert list(differences(Enrolment.objects.all())) == []


def test_what_is_expected_no_more_is_called_off_and_what_is_new_begins_now(ward: Ward, newer: NewVersion) -> None:
    live(ward)
    ward.tick("2026-03-04 22:00")
    assert Task.objects.filter(expectation="alive", closed_at=None).exists()
    alive = TEXT[TEXT.index("  alive:\n") : TEXT.index("indicators:")]
    visit = "  visit: {sv: Besök, en: Visit, during: active, every: 2 days, expect: refilled, within: 1 day}\n\n"
    rehearsed = next(line for line in TEXT.splitlines(keepends=True) if line.startswith("    alive:"))
    upgrading.apply_upgrade(ward.adoption, newer((alive, visit), (rehearsed, "")), actor=None)
    assert not Task.objects.filter(expectation="alive", closed_at=None).exists()
    assert (dues_of(ward)["visit"], "alive" in dues_of(ward)) == ("2026-03-06 22:00", False)
    ward.tick("2026-03-07 22:01")
    assert ward.enrolment.outcome_facts.get(expectation="visit", current=True).status == "missed"
    assert list(differences(Enrolment.objects.all())) == []


def test_one_upgrade_after_another_and_back_reads_the_same(ward: Ward, newer: NewVersion) -> None:
    live(ward)
    first = upgrading.apply_upgrade(ward.adoption, newer(SOONER), actor=None)
    second = upgrading.apply_upgrade(ward.adoption, newer(SOONER, NOTED, version="1.2.0"), actor=None)
    ward.tick("2026-03-05 10:00")
    assert upgrading.revert_upgrade(second, actor=None) == []
    ward.report("refilled", "2026-03-05 09:00", by="nurse")
    ward.enrolment.refresh_from_db()
    assert [digest for digest, _until in ward.enrolment.course] == [
        first.old.digest,
        first.new.digest,
        second.new.digest,
    ]
    assert dues_of(ward)["refill"] == "2026-03-12 09:00"
    assert list(differences(Enrolment.objects.all())) == []


def test_own_values_survive(ward: Ward, newer: NewVersion) -> None:
    overlay = {"prices": {"visit": "250 SEK", "rent": "2800 SEK"}, "names": {"nurse": "Syster"}}
    services.change_adoption(ward.adoption, name="Vår medicingivare", overlay=overlay)
    new = newer(DEARER, ("amount: 2800 SEK", "amount: 3000 SEK"))
    upgrading.apply_upgrade(ward.adoption, new, actor=None)
    ward.adoption.refresh_from_db()
    assert ward.adoption.name == "Vår medicingivare"
    assert ward.adoption.overlay == {**overlay, "prices": {"visit": "250 SEK", "rent": "3000 SEK"}}


def without_visits() -> list[tuple[str, str]]:
    text = (PRACTICES / "umea-medicingivare" / "protocol.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines(keepends=True) if line.startswith("    visits: "))
    return [(text[text.index("    visit:\n") : text.index("    rent:\n")], ""), (line, "")]


def test_an_own_value_without_a_place_stops_it_and_nothing_is_changed(ward: Ward, newer: NewVersion) -> None:
    services.change_adoption(ward.adoption, name="M", overlay={"prices": {"visit": "250 SEK"}})
    before, new = row_of(ward), newer(*without_visits())
    plan = upgrading.plan_upgrade(ward.adoption, new)
    assert [problem.written for problem in plan.problems] == ["visit"]
    with pytest.raises(Refused):
        upgrading.apply_upgrade(ward.adoption, new, actor=None)
    assert row_of(ward) == before
    assert not Upgrade.objects.exists()


def test_a_role_that_somebody_works_in_is_not_taken_away(ward: Ward, newer: NewVersion, bo: User) -> None:
    services.assign(ward.adoption, user=bo, role="nurse_on_call")
    edits = [
        ("  nurse_on_call: {sv: Sjuksköterska i beredskap, en: Nurse on call}\n", ""),
        (", escalate: [{after: 15 min, to: nurse_on_call}]", ""),
    ]
    plan = upgrading.plan_upgrade(ward.adoption, newer(*edits))
    assert [problem.written for problem in plan.problems] == ["nurse_on_call"]


def test_what_has_changed_since_it_was_looked_at_is_not_done(ward: Ward, newer: NewVersion, lindmala: Any) -> None:
    new = newer(NOTED)
    plan = upgrading.plan_upgrade(ward.adoption, new)
    services.change_adoption(ward.adoption, name="M", overlay={"prices": {"visit": "250 SEK"}})
    with pytest.raises(Refused) as refused:
        upgrading.apply_upgrade(ward.adoption, new, actor=None, fingerprint=plan.fingerprint)
    assert "Look at it again" in str(refused.value.problems[0]) or "Titta" in str(refused.value.problems[0])
    ward.adoption.refresh_from_db()
    assert ward.adoption.protocol_version.version == "1.0.0"


def test_what_breaks_half_way_leaves_everything_as_it_was(
    ward: Ward, newer: NewVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(ward)
    before, new = row_of(ward), newer(NOTED)

    def broken(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(upgrading, "_settle", broken)
    with pytest.raises(RuntimeError):
        upgrading.apply_upgrade(ward.adoption, new, actor=None)
    assert row_of(ward) == before
    assert not Upgrade.objects.exists()


def test_taken_back_everything_is_as_it_was(ward: Ward, newer: NewVersion, alva: User) -> None:
    live(ward)
    services.change_adoption(ward.adoption, name="M", overlay={"prices": {"visit": "97.50 SEK"}})
    before, new = row_of(ward), newer(NOTED, DEARER)
    upgrade = upgrading.apply_upgrade(ward.adoption, new, actor=alva)
    assert row_of(ward)["overlay"] == {"prices": {"visit": "120 SEK"}}
    assert upgrading.revert_upgrade(upgrade, actor=alva) == []
    after, went_by = row_of(ward), {"course", "state", "horizon"}
    assert {name for name in after if after[name] != before[name]} == went_by
    assert dues_of(ward)["refill"] == "2026-03-16 07:00"
    assert list(differences(Enrolment.objects.all())) == []
    upgrade.refresh_from_db()
    assert upgrade.reverted_by == alva
    with pytest.raises(Refused):
        upgrading.revert_upgrade(upgrade, actor=alva)


def test_whoever_has_used_what_is_new_stays_when_it_is_taken_back(ward: Ward, newer: NewVersion) -> None:
    live(ward)
    new = newer(NOTED)
    upgrade = upgrading.apply_upgrade(ward.adoption, new, actor=None)
    ward.wall.set("2026-03-03 10:30")
    ward.report("noted", "2026-03-03 10:20", by="nurse")
    assert upgrading.revert_upgrade(upgrade, actor=None) == [ward.enrolment]
    ward.enrolment.refresh_from_db()
    ward.adoption.refresh_from_db()
    assert (ward.enrolment.protocol_version, ward.adoption.protocol_version.version) == (new, "1.0.0")


def test_own_values_changed_since_then_stand_when_it_is_taken_back(ward: Ward, newer: NewVersion) -> None:
    upgrade = upgrading.apply_upgrade(ward.adoption, newer(DEARER), actor=None)
    services.change_adoption(ward.adoption, name="M", overlay={"prices": {"visit": "333 SEK"}})
    upgrading.revert_upgrade(Upgrade.objects.get(pk=upgrade.pk), actor=None)
    ward.adoption.refresh_from_db()
    assert ward.adoption.overlay == {"prices": {"visit": "333 SEK"}}


def test_an_enrolment_that_stands_still_waits(ward: Ward, newer: NewVersion) -> None:
    Enrolment.objects.filter(pk=ward.enrolment.pk).update(broken_reason="KeyError")
    new = newer(NOTED)
    assert [move.fate for move in upgrading.plan_upgrade(ward.adoption, new).moves] == ["waits"]
    upgrading.apply_upgrade(ward.adoption, new, actor=None)
    ward.enrolment.refresh_from_db()
    assert ward.enrolment.protocol_version.version == "1.0.0"


def test_another_practice_is_nothing_to_upgrade_to(ward: Ward) -> None:
    other = publish((PRACTICES / "laholm-ledsagarservice" / "protocol.yaml").read_text(encoding="utf-8"))
    for version in (other, ward.adoption.protocol_version):
        with pytest.raises(Refused):
            upgrading.plan_upgrade(ward.adoption, version)


def test_the_order_of_expectations_means_nothing(ward: Ward, newer: NewVersion) -> None:
    live(ward)
    text = (PRACTICES / "umea-medicingivare" / "protocol.yaml").read_text(encoding="utf-8")
    alive = text[text.index("  alive:\n") : text.index("indicators:")]
    new = newer((alive, "\n"), ("expectations:\n", f"expectations:\n{alive.rstrip()}\n"))
    upgrading.apply_upgrade(ward.adoption, new, actor=None)
    ward.enrolment.refresh_from_db()
    assert ward.enrolment.protocol_version == new
    assert [track.name for track in load_state(ward.enrolment).tracks] == ["alive", "dose", "refill"]
    ward.report("dose_taken", "2026-03-03 10:05")
    ward.tick("2026-03-04 21:30")
    assert list(differences(Enrolment.objects.all())) == []

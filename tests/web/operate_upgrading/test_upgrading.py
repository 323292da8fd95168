"""Upgrading an adoption: the plan tells what is done; it is done whole or not at all; and it can be taken back."""

from typing import Any

import pytest

from genklang.operate import services, upgrading
from genklang.operate.machines import load_state
from genklang.operate.models import Adoption, Alarm, Enrolment, Upgrade
from genklang.operate.problems import Refused
from genklang.operate.proving import differences
from genklang.people.models import User
from genklang.people.services import add_person
from tests.web.operate_core.conftest import PRACTICES, Ward, publish
from tests.web.operate_upgrading.conftest import NewVersion

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
    assert {name for name in after if after[name] != before[name]} == {"protocol_version_id"}
    assert list(upgrade.moved.all()) == [ward.enrolment]
    assert ward.report("noted", "2026-03-03 09:30", by="nurse").status.value == "accepted"


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


@pytest.mark.parametrize("edit", [SOONER, LONGER], ids=["future-only", "semantic"])
def test_what_would_steer_the_past_leaves_people_where_they_began(
    edit: tuple[str, str], ward: Ward, newer: NewVersion, lindmala: Any
) -> None:
    live(ward)
    before, new = row_of(ward), newer(edit)
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
    assert row_of(ward) == before
    upgrade.refresh_from_db()
    assert upgrade.reverted_by == alva
    with pytest.raises(Refused):
        upgrading.revert_upgrade(upgrade, actor=alva)


def test_whoever_has_used_what_is_new_stays_when_it_is_taken_back(ward: Ward, newer: NewVersion) -> None:
    live(ward)
    new = newer(NOTED)
    upgrade = upgrading.apply_upgrade(ward.adoption, new, actor=None)
    ward.report("noted", "2026-03-03 09:30", by="nurse")
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

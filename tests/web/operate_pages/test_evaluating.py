"""From a protocol and its log to answers: clusters counted as clusters, the plan beside, several judged together."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

from genklang.measure.tables import Tables
from genklang.operate.demo import building
from genklang.operate.demo.scenes import Scene
from genklang.operate.models import Adoption
from genklang.operate.pages.evaluating import answers_of
from genklang.operate.pages.giving import offers_of
from genklang.operate.pages.locking import Lock, planned_and_done
from genklang.operate.pages.together import allowed_for
from genklang.people.models import Organisation, User
from genklang.protocol.reading import read_protocol
from genklang.protocol.types import Protocol
from genklang.rehearsal.running import rehearse
from tests.conftest import SignIn
from tests.web.operate_core.conftest import publish

ROOT = Path(__file__).parents[3]
HEMREHAB = (ROOT / "practices" / "eskilstuna-hemrehab" / "protocol.yaml").read_text()
TEAM = "  team: {concept: team, type: text, sv: Vilket team?, en: Which team?}\n"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Words are read in English."""
    with translation.override("en"):
        yield


def lived(text: str, *, people: int = 60, years: float = 2.2) -> tuple[Protocol, Tables]:
    protocol = read_protocol(text, file="protocol.yaml")
    made = rehearse(protocol, enrolments=people, years=years, seed=3, zone="Europe/Stockholm")
    return protocol, Tables(protocol, made.participants, zone=made.zone, horizon=made.end)


def clustered() -> str:
    """The same practice where whole teams are drawn."""
    text = HEMREHAB.replace("facts:\n  age_group:", f"facts:\n{TEAM}  age_group:", 1)
    text = text.replace("  strata: [age_group, first_time]\n  blocks", "  cluster: team\n  blocks")
    text = text.replace("design: randomised", "design: cluster_randomised")
    text = text.replace("  subgroups: [age_group, first_time]\n", "")
    start, end = text.index("  cost_effectiveness:"), text.index("rehearsal:")
    text = text[:start] + "\n" + text[end:]
    teams = ", ".join(f"'Team {number}', 1" for number in range(12))
    return text.replace(
        "  facts:\n    age_group: choose", f'  facts:\n    team: "choose({teams})"\n    age_group: choose'
    )


def test_teams_drawn_whole_are_counted_as_teams() -> None:
    protocol, tables = lived(clustered(), people=96)
    assert all(len(arms) == 1 for arms in _arms_by_team(tables).values()), "a team has one arm"
    [primary, *_others], _beside = answers_of(protocol, tables, protocol, prices={})
    assert primary.finding is not None and primary.finding.design == "cluster_randomised"
    assert dict(primary.finding.settings)["clusters"] == 12
    assert any("clusters" in flag.lower() for flag in primary.flags)
    got = {arm["text"]: arm["lost"] for arm in primary.flow[-1]["arms"]}
    assert any("Got the practice" in line for line in got["Training at home"])


def _arms_by_team(tables: Tables) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for log in tables.logs:
        if log.state.arm:
            found.setdefault(str(log.state.facts["team"]), set()).add(log.state.arm)
    return found


def test_what_each_has_cost_is_priced_with_ones_own_prices() -> None:
    protocol, tables = lived(HEMREHAB)
    _answers, beside = answers_of(protocol, tables, protocol, prices={})
    cost = next(each for each in beside if each.name == "cost_effectiveness")
    assert protocol.economy is not None and cost.finding is not None
    hour = protocol.economy.prices["hour"].amount
    dearer = replace(hour, amount=hour.amount * 2)
    _answers, beside = answers_of(protocol, tables, protocol, prices={"hour": dearer})
    again = next(each for each in beside if each.name == "cost_effectiveness").finding
    assert again is not None
    first = cost.finding
    without = {arm.name: arm.value for arm in first.arms}["Ordinary home care"]
    assert {arm.name: arm.value for arm in again.arms}["Ordinary home care"] == pytest.approx(2 * (without or 0))


def test_the_outcome_named_first_is_judged_alone_and_the_others_together() -> None:
    protocol, tables = lived(HEMREHAB)
    answers, _beside = answers_of(protocol, tables, protocol, prices={})
    assert [each.adjusted is None for each in answers] == [True, False, False, False]
    other = protocol.model_copy(
        update={"study": protocol.study.model_copy(update={"outcomes": _reversed(protocol)})} if protocol.study else {}
    )
    plain = [replace(each, adjusted=None) for each in answers]
    assert all(each.adjusted for each in allowed_for(protocol, other, plain)), "it was not named first beforehand"


def three_arms() -> str:
    """The same practice with a third arm: walks, which help nobody."""
    text = HEMREHAB.replace(
        "    usual: {sv: Vanlig", "    walks: {sv: Promenader, en: Walks}\n    usual: {sv: Vanlig", 1
    )
    return text.replace("blocks: [4, 6]", "blocks: [6]")


def test_every_arm_is_compared_and_judged_together() -> None:
    protocol, tables = lived(three_arms(), people=90)
    answers, beside = answers_of(protocol, tables, protocol, prices={})
    first = [each for each in answers if each.name == "hours_12"]
    assert [each.label.rpartition(": ")[2] for each in first] == ["training at home", "walks"]
    assert [each.finding.arms[0].name for each in first if each.finding] == ["Training at home", "Walks"]
    assert {each.finding.arms[1].name for each in first if each.finding} == {"Ordinary home care"}
    smaller, larger = sorted((each.adjusted for each in first if each.adjusted), key=lambda one: one.p)
    assert smaller.adjusted == pytest.approx(min(1, 2 * smaller.p))
    assert larger.adjusted == pytest.approx(max(larger.p, smaller.adjusted))
    others = [each.adjusted for each in answers if each.name != "hours_12" and each.adjusted]
    assert min(one.adjusted for one in others) == pytest.approx(min(1, len(others) * min(one.p for one in others)))
    assert {each.key for each in beside} == {"cost_effectiveness:training", "cost_effectiveness:walks"}


def test_the_page_and_what_is_given_tell_every_arm(lindmala: Organisation, alva: User, sign_in: SignIn) -> None:
    adoption = adopted_trial(three_arms(), lindmala)
    page = (
        sign_in(alva)
        .get(reverse("operate:result", args=[adoption.public_id]), headers={"accept-language": "en"})
        .content.decode()
    )
    table = page.split("Every group against the comparison")[2].split("</table>")[0]
    assert "Training at home" in table and "Walks" in table
    assert 'id="answer-hours_12-walks"' in page
    offers = offers_of(adoption)
    assert {offer.name for offer in offers} >= {"hours_12:training", "hours_12:walks"}
    leaving = [offer.released for offer in offers if offer.released]
    assert leaving and all(one.alone is not None for one in leaving)


def test_a_difference_of_shares_is_drawn_in_percentage_points() -> None:
    protocol, tables = lived(HEMREHAB)
    answers, _beside = answers_of(protocol, tables, protocol, prices={})
    moved = next(each for each in answers if each.name == "special_housing_24")
    assert moved.chart is not None and moved.finding is not None
    assert moved.chart.y == "Percentage points"
    assert moved.chart.points[0].y == pytest.approx(100 * moved.finding.estimate.value)
    assert not moved.chart.percent


def adopted_trial(text: str, organisation: Organisation) -> Adoption:
    """A trial that people have lived through, adopted."""
    publish(text)
    practice = read_protocol(text, file="protocol.yaml").practice
    building._play(Scene(practice, practice, 60, 2.3, None, (), doris=False), organisation)
    return Adoption.objects.get(name=practice)


def _reversed(protocol: Protocol) -> dict[str, object]:
    assert protocol.study is not None
    return dict(reversed(protocol.study.outcomes.items()))


def test_a_subgroup_outside_the_locked_plan_is_labelled_as_found_afterwards() -> None:
    protocol, tables = lived(HEMREHAB)
    plan = read_protocol(
        HEMREHAB.replace("subgroups: [age_group, first_time]", "subgroups: [age_group]"), file="protocol.yaml"
    )
    answers, _beside = answers_of(protocol, tables, plan, prices={})
    origins = {name: origin for name, origin, _p, _levels in answers[0].subgroups}
    assert origins == {
        "How old is the person?": "planned",
        "Is it the person's first application for home care?": "found afterwards",
    }
    lock = Lock(version=None, protocol=plan, at=None, imported=False)  # type: ignore[arg-type]
    broken = [row.item for row, _done, kept in planned_and_done(lock, protocol) if not kept]
    assert broken == ["Shown for groups of people"]


def test_before_its_change_a_series_says_how_far_it_has_come() -> None:
    laholm = (ROOT / "practices" / "laholm-ledsagarservice" / "protocol.yaml").read_text()
    protocol, tables = lived(laholm, people=4, years=0.4)
    answers, _beside = answers_of(protocol, tables, protocol, prices={})
    assert answers[0].finding is None and "The change has not come yet" in answers[0].waits

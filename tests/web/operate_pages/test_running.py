"""Where a practice runs, on the bank's page: nobody who looks again and again can work out what one person did."""

from collections.abc import Iterable

import pytest
from django.template import Context, Template
from django.utils import translation

from genklang.operate import clock, services
from genklang.operate.incoming import IncomingEvent, Source
from genklang.operate.models import Adoption, PublicFigure
from genklang.operate.pages import keeping
from genklang.operate.pages.running import Place, places_of
from genklang.people.models import Organisation, User
from genklang.people.services import add_person
from tests.web.operate_core.conftest import Wall, publish
from tests.web.operate_pages.test_result import few_of_the_trial

PROTOCOL = """
practice: lindmala-matt
version: 1.0.0
language: 1
title: {sv: Mått, en: Measures}
summary: {sv: Alla mäts., en: All are measured.}
roles:
  citizen: {sv: Invånare, en: Citizen, participant: true}
  nurse: {sv: Sjuksköterska, en: Nurse}
stages:
  active: {sv: Med, en: Taking part}
  ended: {sv: Har slutat, en: Has ended, final: true}
events:
  measured:
    sv: Mätt
    en: Measured
    by: nurse
    fields:
      points: {type: number, sv: Poäng, en: Points}
  withdrew: {sv: Tog tillbaka, en: Withdrew, by: nurse, moves: [active, ended]}
indicators:
  points: {sv: Poäng, en: Points, of: measured, value: avg(points)}
  high: {sv: Höga, en: High, of: measured, value: count(*) filter (where points > 8)}
  active: {sv: Kvar, en: Still there, of: enrolments, value: count(*) filter (where stage = 'active')}
rehearsal: {enrolments: 10, years: 1}
"""


class Town:
    """An adoption whose public page somebody looks at; each look is an hour later, at a server just started."""

    def __init__(self, adoption: Adoption, wall: Wall) -> None:
        self.adoption, self.wall, self.people = adoption, wall, 0

    def come(self, *points: float) -> None:
        """One person more for each, measured with so many points."""
        for each in points:
            self.people += 1
            person = add_person(organisation=self.adoption.organisation, display_name=f"P{self.people}")
            services.enrol(self.adoption, person=person, key=f"M-{self.people}", at=self.wall.time)
            self.report("measured", [self.people], points=each)

    def report(self, kind: str, numbers: Iterable[int], **data: object) -> None:
        """The same about some of them."""
        for number in numbers:
            event = IncomingEvent(f"{kind}-{number}-{self.wall.time}", f"M-{number}", kind, self.wall.time, data)
            assert services.record(self.adoption, [event], source=Source(by="nurse"))[0].status == "accepted"

    def look(self) -> Place:
        """The page as anybody has it."""
        self.wall.time += 61 * clock.MINUTE
        keeping._kept.clear()
        return places_of(self.adoption.protocol_version.practice)[0]

    def figures(self) -> dict[str, str]:
        """The page's figures by name."""
        return dict(self.look().figures)


@pytest.fixture
def town(lindmala: Organisation, wall: Wall) -> Town:
    """Nobody has come yet."""
    adoption = services.adopt(organisation=lindmala, protocol_version=publish(PROTOCOL), actor=None, name="Mått")
    return Town(adoption, wall)


@pytest.fixture(autouse=True)
def _in_english() -> Iterable[None]:
    with translation.override("en"):
        yield


def test_whoever_looks_every_hour_cannot_subtract(town: Town) -> None:
    town.come(*[5.0] * 20)
    secrets = [9.5, 1.0, 7.3, 2.2, 8.8, 0.4, 6.1, 9.9, 3.3, 4.7, 1.2, 8.1]
    seen = [town.look()]
    for secret in secrets:
        town.come(secret)
        seen.append(town.look())
    counts = [place.people for place in seen]
    assert counts == [20] * 5 + [25] * 5 + [30] * 3
    means = [dict(place.figures)["Points"] for place in seen]
    assert len(set(zip(counts, means, strict=True))) == 3
    # what the attacker works out is the mean of the five who came in between, and of nobody alone
    worked_out = [25 * float(means[5]) - 20 * float(means[0]), 30 * float(means[10]) - 25 * float(means[5])]
    assert worked_out == pytest.approx([sum(secrets[:5]), sum(secrets[5:10])], abs=30 * 0.05 * 2)


@pytest.mark.parametrize("few", [1, 4])
def test_what_a_few_did_again_changes_nothing(town: Town, few: int) -> None:
    town.come(*[5.0] * 20)
    before = town.figures()
    town.report("measured", range(1, few + 1), points=10.0)
    assert town.figures() == before
    town.report("measured", range(few + 1, 6), points=10.0)
    assert town.figures()["Points"] == "6"
    assert town.figures()["High"] == "5"


def test_of_those_who_withdraw_it_tells_when_they_are_five(town: Town) -> None:
    town.come(*[5.0] * 20)
    assert town.figures()["Still there"] == "20"
    town.report("withdrew", range(1, 5))
    assert town.figures()["Still there"] == "20"
    town.report("withdrew", [5])
    assert town.figures()["Still there"] == "15"


def test_a_count_of_few_is_not_shown(town: Town) -> None:
    town.come(*[5.0] * 17, 9.0, 9.0, 9.0)
    assert "High" not in town.figures()
    town.come(*[9.0] * 5)
    assert town.figures()["High"] == "8"


def test_fewer_than_five_are_told_nothing_of(town: Town) -> None:
    town.come(5, 5, 5, 5)
    place = town.look()
    assert (place.people, place.figures, place.sentence, place.as_of) == (None, [], "", None)
    assert not PublicFigure.objects.exists()
    town.come(5)
    assert town.look().people == 5


def test_both_languages_tell_the_same_release(town: Town) -> None:
    town.come(*[5.0] * 20)
    english = town.look()
    town.come(9.0)
    with translation.override("sv"):
        swedish = town.look()
    assert (swedish.people, swedish.as_of) == (english.people, english.as_of)
    assert [said for _label, said in swedish.figures] == [said for _label, said in english.figures]
    assert "Poäng" in dict(swedish.figures)


def test_another_version_cannot_be_subtracted_either(town: Town) -> None:
    town.come(*[5.0] * 19, 9.5)
    before = town.figures()
    without_the_highest = PROTOCOL.replace("value: avg(points)", "value: avg(points) filter (where points < 9)")
    renamed = without_the_highest.replace("points: {sv: Poäng, en: Points, of", "average: {sv: Snitt, en: Average, of")
    for text in (without_the_highest, renamed):
        town.adoption.protocol_version = publish(text.replace("1.0.0", "1.1.0"))
        town.adoption.save()
        after = town.figures()
        assert "Average" not in after
        assert after.get("Points", before["Points"]) == before["Points"]


def test_the_page_says_of_which_day_each_figure_is(town: Town) -> None:
    town.come(*[5.0] * 20)
    town.look()
    town.wall.set("2026-03-05 09:00")
    town.come(*[5.0] * 5)
    page = Template("{% load running %}{% running_results practice %}")
    told = page.render(Context({"practice": town.adoption.protocol_version.practice}))
    assert "As of 5 March 2026" in told
    assert "25 people." in told
    town.wall.set("2026-03-09 09:00")
    keeping._kept.clear()
    town.report("measured", range(1, 6), points=7.0)
    told = page.render(Context({"practice": town.adoption.protocol_version.practice}))
    assert "As of 9 March 2026" in told
    assert "25 people. (5 March 2026)" in told


def test_what_the_studys_answer_means_is_shown_in_either_language(lindmala: Organisation, alva: User) -> None:
    trial = few_of_the_trial(lindmala, alva)
    place = places_of(trial.protocol_version.practice)[0]
    (row,) = PublicFigure.objects.filter(kind=PublicFigure.Kind.ANSWER)
    assert place.sentence == row.content["en"]
    with translation.override("sv"):
        assert places_of(trial.protocol_version.practice)[0].sentence == row.content["sv"]
    assert row.content["sv"] != row.content["en"]


def test_what_was_shown_is_neither_changed_nor_deleted(town: Town) -> None:
    town.come(*[5.0] * 5)
    town.look()
    row = PublicFigure.objects.first()
    assert row is not None
    with pytest.raises(TypeError, match="cannot be changed"):
        row.save()
    with pytest.raises(TypeError, match="cannot be deleted"):
        row.delete()

"""What adopters have given back about a practice, put together: how sure, how much, and what the next may expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from genklang import evaluate as evaluation  # its parts, and numpy with them, load when used
from genklang.bank.adopters import Adopter, Release, Withdrawal
from genklang.bank.given import ends_of, given_row, scale_of, with_interval
from genklang.bank.models import Practice, ProtocolVersion
from genklang.bank.naming import event_name
from genklang.bank.selectors import protocol_of
from genklang.bank.wording import in_unit, language, number, said, started
from genklang.charts import Chart, Point, chart_intervals
from genklang.protocol.compared import answer_key, several_arms
from genklang.protocol.measured import OVER_TIME
from genklang.protocol.types import LabelledSeries, Outcome, Protocol, TimeToEvent

if TYPE_CHECKING:
    from genklang.evaluate.grade import Graded
    from genklang.evaluate.pooling.effects import Pooled
    from genklang.evaluate.release.results import Released

PERCENT, LARGE, DIGITS = 100, 1000, 3
SUSPECT = 0.1  # Egger's test has little power: the usual level for it
FEWEST_FOR_A_POOL = 2
# A level says how things stand, and a series what became of a whole place: neither is so much for each person.
NOT_A_PERSONS = ("one_group", "survey", *OVER_TIME)
Measured = Outcome | LabelledSeries | TimeToEvent


@dataclass(frozen=True)
class Given:
    """One adopter's latest result of an outcome. `comparable` is false where the protocol then measured otherwise."""

    adopter: Adopter
    release: Release
    released: Released
    comparable: bool


@dataclass(frozen=True)
class OutcomeEvidence:
    """One outcome across adopters: the results, the pool where two can be pooled, and the picture."""

    name: str
    label: str
    unit: str
    given: tuple[Given, ...]
    pooled: Pooled | None
    chart: Chart | None

    @property
    def sentences(self) -> tuple[str, ...]:
        """Three plain sentences about the pool."""
        return self.pooled.plain(language()) if self.pooled else ()

    @property
    def flags(self) -> list[str]:
        """What a reader must know before trusting the pool."""
        return [flag.text.say(language()) for flag in self.pooled.flags] if self.pooled else []

    @property
    def rows(self) -> list[dict[str, object]]:
        """Each place's result in words and numbers."""
        return [_row(each) for each in self.given]

    @property
    def without_each(self) -> list[tuple[str, str, bool]]:
        """The average with each place left out: the place, the average, and whether it still leaves zero out."""
        left = self.pooled.left_out if self.pooled else ()
        return [(each.name, with_interval(*ends_of(each.estimate)), each.excludes_zero) for each in left]

    @property
    def stands(self) -> str:
        """Whether the pool hangs on one place; empty where there are too few to see."""
        if not self.pooled or not self.pooled.left_out:
            return ""
        whole = self.pooled.summaries[0].excludes_zero
        changed = [each.name for each in self.pooled.left_out if each.excludes_zero != whole]
        if not changed:
            return _("The conclusion is the same whichever place is left out.")
        return _("The conclusion hangs on %(places)s: without it, it is another.") % {"places": ", ".join(changed)}

    @property
    def small_studies(self) -> str:
        """Whether small studies show other effects than large ones, as where only good news is given."""
        test = self.pooled.small_studies if self.pooled else None
        if test is None:
            return _("The places are too few, or too alike in size, to see whether small ones tell another story.")
        said_p = {"p": number(test.p, decimals=3)}
        if test.p < SUSPECT:
            return (
                _("Small places tell another story than large ones (p = %(p)s): perhaps only good news is given.")
                % said_p
            )
        return _("Small places tell the same story as large ones (p = %(p)s).") % said_p

    @property
    def differs(self) -> str:
        """How much the places differ beyond chance."""
        if self.pooled is None:
            return ""
        share = {"share": in_unit(self.pooled.i2, "share", decimals=0)}
        return _("%(share)s of how the results differ is more than chance (I²).") % share

    def for_us(self, people: int) -> list[tuple[str, str]]:
        """What it would come to for so many people: with how it went on average, and at the ends of the interval."""
        return _for_us(self, people)


@dataclass(frozen=True)
class Silent:
    """An adopter whose result does not stand: none was given, or it was withdrawn."""

    adopter: Adopter
    withdrawal: Withdrawal | None


@dataclass(frozen=True)
class Evidence:
    """All that is known from running. `simulated`: nobody real has given anything, and invented results stand here."""

    outcomes: tuple[OutcomeEvidence, ...]
    graded: Graded
    adopters: tuple[Adopter, ...]
    silent: tuple[Silent, ...]
    simulated: bool

    @property
    def primary(self) -> OutcomeEvidence | None:
        """The outcome that the study's plan puts first, where somebody has given it."""
        return self.outcomes[0] if self.outcomes and self.outcomes[0].given else None

    @property
    def grade_said(self) -> str:
        """The grade in one sentence."""
        return self.graded.plain(language())

    @property
    def raises(self) -> list[tuple[str, str]]:
        """What would lift the grade, and to what."""
        return [(text.say(language()), grade.label.say(language())) for text, grade in self.graded.raises]

    @property
    def criteria(self) -> list[tuple[str, str, str, bool]]:
        """Each step of the rule: what, found, needed, whether it holds."""
        say = [(each.label, each.found, each.needed, each.holds) for each in self.graded.criteria]
        return [(a.say(language()), b.say(language()), c.say(language()), holds) for a, b, c, holds in say]


def evidence_of(practice: Practice) -> Evidence | None:
    """The evidence on a practice; None where its protocol plans no study."""
    if practice.current is None:
        return None
    protocol = protocol_of(practice.current)
    if protocol.study is None:
        return None
    everybody = list(practice.adopters.all())
    real = [each for each in everybody if not each.simulated]
    given, withdrawn = _latest(practice, protocol)
    simulated = not any(not each.adopter.simulated for each in given)
    shown = [each for each in given if each.adopter.simulated == simulated]
    counted = everybody if simulated else real
    outcomes = tuple(_outcome(name, label, shown, counted) for name, label in _labels(protocol).items())
    first = outcomes[0] if outcomes else None
    with_result = {each.adopter.pk for each in first.given} if first and not simulated else set()
    return Evidence(
        outcomes=outcomes,
        graded=_graded(first, real, simulated=simulated),
        adopters=tuple(real),
        silent=tuple(Silent(each, withdrawn.get(each.pk)) for each in real if each.pk not in with_result),
        simulated=simulated and bool(shown),
    )


def released_rows(practice: Practice) -> list[dict[str, object]]:
    """Every release of the practice, earlier ones too, as plain values; of one withdrawn that it is, and why."""
    rows = Release.objects.filter(adopter__practice=practice).select_related("adopter", "withdrawal")
    return [
        {
            "place": row.adopter.place,
            "simulated": row.adopter.simulated,
            "at": row.at.isoformat(),
            "protocol": row.protocol_digest,
            "digest": row.digest,
            **_content(row),
        }
        for row in rows
    ]


def _content(row: Release) -> dict[str, object]:
    if row.withdrawn is None:
        return dict(row.content)
    return {"outcome": row.outcome, "withdrawn": {"at": row.withdrawn.at.isoformat(), "why": row.withdrawn.why}}


def _planned(protocol: Protocol) -> dict[str, Measured]:
    """What the study answers, the primary first; each arm beside the control where there are several."""
    study, arms = protocol.study, several_arms(protocol) or ("",)
    assert study is not None
    by_arm: dict[str, Measured] = {}
    if study.design == "survival" and study.time_to_event:
        by_arm["survival"] = study.time_to_event
    by_arm |= study.outcomes
    return {answer_key(name, arm): each for name, each in by_arm.items() for arm in arms} | dict(study.series)


def _labels(protocol: Protocol) -> dict[str, str]:
    return {key: _label(protocol, each, key.partition(":")[2]) for key, each in _planned(protocol).items()}


def _label(protocol: Protocol, each: Measured, arm: str) -> str:
    label = event_name(protocol, each.end) if isinstance(each, TimeToEvent) else said(each)
    return f"{label}: {said(protocol.randomise.arms[arm])}" if arm and protocol.randomise else label


def _latest(practice: Practice, protocol: Protocol) -> tuple[list[Given], dict[int, Withdrawal]]:
    """The latest release of each outcome by each adopter; and the withdrawals, by adopter.

    Where the latest is withdrawn, no earlier one stands in for it: nobody chooses which of several results counts.
    """
    rows = Release.objects.filter(adopter__practice=practice).select_related("adopter", "withdrawal")
    last = {(row.adopter_id, row.outcome): row for row in rows.order_by("at", "pk")}
    withdrawn = {row.adopter_id: row.withdrawn for row in last.values() if row.withdrawn is not None}
    versions = {each.digest: each for each in ProtocolVersion.objects.filter(practice=practice)}
    found = []
    for row in [each for each in last.values() if each.withdrawn is None]:
        then = versions.get(row.protocol_digest)
        same = then is not None and _same(protocol, protocol_of(then), row.outcome)
        found.append(Given(row.adopter, row, evaluation.Released.of_dict(row.content), same))
    return found, withdrawn


def _same(now: Protocol, then: Protocol, outcome: str) -> bool:
    """Whether both versions measure the outcome alike: the same aggregate of the same rows, judged the same way."""
    both = [_planned(each).get(outcome) if each.study else None for each in (now, then)]
    if both[0] is None or both[1] is None:
        return False
    keys = ("of", "value", "per", "change", "before", "each", "start", "end", "horizon")
    measured = [[getattr(one, key, None) for key in keys] for one in both]
    return (
        measured[0] == measured[1]
        and now.study is not None
        and then.study is not None
        and (now.study.design == then.study.design)
    )


def _outcome(name: str, label: str, shown: Sequence[Given], adopters: Sequence[Adopter]) -> OutcomeEvidence:
    given = tuple(each for each in shown if each.release.outcome == name)
    poolable = [each for each in given if each.comparable and each.released.difference is not None]
    unit = _unit(given)
    without = [each.place for each in adopters if each.pk not in {one.adopter.pk for one in given}]
    enough = len(poolable) >= FEWEST_FOR_A_POOL
    pooled = _pooled(poolable, unit=unit, without=len(without)) if enough else None
    return OutcomeEvidence(name, label, unit, given, pooled, _chart(label, unit, poolable, pooled, without))


def _unit(given: Sequence[Given]) -> str:
    if not given:
        return ""
    first = given[0].released
    return _("percentage points") if first.is_share else first.unit.say(language())


def _pooled(given: Sequence[Given], *, unit: str, without: int) -> Pooled:
    first = given[0].released
    return evaluation.pool(
        [(each.released.difference or 0.0) * scale_of(each.released) for each in given],
        [(each.released.standard_error * scale_of(each.released)) ** 2 for each in given],
        names=_names(given),
        without_result=max(0, without),
        better=first.better,
        unit=unit,
    )


def _names(given: Sequence[Given]) -> list[str]:
    """Each place; with a number where one place has several adoptions."""
    places = [each.adopter.place for each in given]
    return [
        place if places.count(place) == 1 else f"{place} ({places[: index + 1].count(place)})"
        for index, place in enumerate(places)
    ]


def _chart(
    label: str, unit: str, given: Sequence[Given], pooled: Pooled | None, without: Sequence[str]
) -> Chart | None:
    """The forest: each place, those that have given nothing, then all together, then what the next may expect."""
    if not given:
        return None
    rows = []
    for name, each in zip(_names(given), given, strict=True):
        scale, one = scale_of(each.released), each.released
        shift = (one.difference or 0.0) - one.value
        rows.append(Point(name, (one.value + shift) * scale, (one.low + shift) * scale, (one.high + shift) * scale))
    rows += [Point(_("%(place)s: no result") % {"place": place}, None) for place in dict.fromkeys(without)]
    if pooled:
        rows.append(Point(_("All together"), pooled.headline.value, pooled.headline.low, pooled.headline.high))
        if pooled.prediction:
            expected = pooled.prediction
            rows.append(Point(_("The next place"), expected.value, expected.low, expected.high))
    return chart_intervals(
        title=label,
        description=_(
            "The dot is what a place saw, the line how far it may lie off. A line that crosses zero shows nothing for "
            "certain."
        ),
        x=started(_("%(unit)s from the target") % {"unit": unit} if given[0].released.target is not None else unit),
        rows=rows,
        zero=0,
    )


def _graded(first: OutcomeEvidence | None, real: Sequence[Adopter], *, simulated: bool) -> Graded:
    """The grade: of real adopters only, the silent ones among them."""
    from genklang.evaluate.grade import Adoption, Spread, grade
    from genklang.evaluate.verdicts import Verdict

    given = {each.adopter.pk: each.released for each in first.given} if first and not simulated else {}
    adoptions = []
    for each in real:
        one = given.get(each.pk)
        if one is None:
            adoptions.append(Adoption(name=each.place, design="", people=0, verdict=None))
            continue
        adoptions.append(
            Adoption(
                name=each.place,
                design=one.design,
                people=one.people,
                verdict=Verdict(one.verdict),
                attrition=one.attrition,
                uneven=one.uneven,
                as_planned=one.as_planned,
            )
        )
    pooled = first.pooled if first and not simulated else None
    spread = None
    if pooled is not None:
        low, high = (pooled.prediction.low, pooled.prediction.high) if pooled.prediction else (-1.0, 1.0)
        holds_zero = low is None or high is None or low <= 0 <= high
        spread = Spread(i2=pooled.i2, prediction_holds_zero=holds_zero, depends_on_method=pooled.depends_on_method)
    return grade(adoptions, spread)


def _row(given: Given) -> dict[str, object]:
    about = {"place": given.adopter.place, "when": given.release.at, "comparable": given.comparable}
    return given_row(given.released) | about


def _for_us(outcome: OutcomeEvidence, people: int) -> list[tuple[str, str]]:
    """Effect times people: a share becomes people, an amount so much in all. Nothing for how a level stands."""
    carried = [each for each in outcome.given if each.comparable and each.released.design not in NOT_A_PERSONS]
    if not carried:
        return []
    one, place = carried[0].released, carried[0].adopter.place
    scale = people / PERCENT if one.is_share else people
    unit = _("people") if one.is_share else outcome.unit
    pooled = outcome.pooled
    if pooled is None:
        ends = [value * scale_of(one) for value in (one.value, one.low, one.high)]
        return [(_("If it goes as in %(place)s") % {"place": place}, _so_much(ends, scale, unit))]
    said_ = [(_("If it goes as on average"), _so_much(ends_of(pooled.headline), scale, unit))]
    if pooled.prediction:
        said_.append((_("What one place more may expect"), _so_much(ends_of(pooled.prediction), scale, unit)))
    return said_


def _so_much(ends: Sequence[float], scale: float, unit: str) -> str:
    return f"{with_interval(*(_rounded(each * scale) for each in ends))} {unit}"


def _rounded(value: float) -> float:
    """Large numbers to three digits: the rest would promise more than is known."""
    return round(value, DIGITS - len(str(int(abs(value))))) if abs(value) >= LARGE else value

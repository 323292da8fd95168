"""How sure the evidence on a practice is, by a published rule from what its adoptions released.

The grade says how sure, never how good: "no difference" and harm can be as sure as a benefit. Everything it rests on is
shown, with what would raise it. docs/reference/grade.md is the rule; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from genklang.evaluate.texts import LANGUAGES, Language, Number, Text
from genklang.evaluate.verdicts import Verdict


class Grade(IntEnum):
    """From 0, nothing to go by, to 4."""

    NONE = 0
    VERY_LIMITED = 1
    LIMITED = 2
    MODERATE = 3
    STRONG = 4

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    Grade.NONE: Text(sv="inget underlag", en="no evidence"),
    Grade.VERY_LIMITED: Text(sv="mycket begränsat underlag", en="very limited evidence"),
    Grade.LIMITED: Text(sv="begränsat underlag", en="limited evidence"),
    Grade.MODERATE: Text(sv="måttligt starkt underlag", en="moderate evidence"),
    Grade.STRONG: Text(sv="starkt underlag", en="strong evidence"),
}
STARTS = {
    "randomised": Grade.STRONG,
    "cluster_randomised": Grade.STRONG,
    "stepped_wedge": Grade.STRONG,
    "survival": Grade.STRONG,
    "difference_in_differences": Grade.MODERATE,
    "synthetic_control": Grade.MODERATE,
    "interrupted_time_series": Grade.LIMITED,
    "before_after": Grade.VERY_LIMITED,
    "one_group": Grade.VERY_LIMITED,
    "survey": Grade.VERY_LIMITED,
}
FEWEST_ADOPTIONS = 2
FEWEST_PEOPLE = 100
MOST_ATTRITION = 0.2
MOST_UNEVEN = 0.1
MOST_I2 = 0.5
MOST_WITHOUT_RESULT = 0.3
LEAST_DIRECT = 0.5
# a design counts when at least this part of the adoptions with a result used it, or a better one
LEAST_OF_DESIGN = 0.5


@dataclass(frozen=True, kw_only=True)
class Adoption:
    """What one adoption has released. `verdict` is None where it has given no result (yet).

    `attrition`: share lost, in all; `uneven`: how much it differs between the arms, at most; both from 0 to 1.
    `direct`: people, outcome and practice are those asked about. `as_planned`: the plan was locked, and kept.
    """

    name: str
    design: str
    people: int
    verdict: Verdict | None
    attrition: float = 0.0
    uneven: float = 0.0
    direct: bool = True
    as_planned: bool = True


@dataclass(frozen=True, kw_only=True)
class Spread:
    """What the pool says of the adoptions together; see `genklang.evaluate.pooling.Pooled`."""

    i2: float
    prediction_holds_zero: bool
    depends_on_method: bool


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One step of the rule: what was found, what it is held against, whether it held, and how to mend it."""

    id: str
    label: Text
    found: Text
    needed: Text
    holds: bool
    mend: Text

    def as_dict(self) -> dict[str, object]:
        texts = {name: getattr(self, name).as_dict() for name in ("label", "found", "needed", "mend")}
        return {"id": self.id, "holds": self.holds, **texts}


@dataclass(frozen=True, kw_only=True)
class Graded:
    """The grade, where it started by design, and every criterion. `raises` says what would lift it, and to what."""

    grade: Grade
    start: Grade
    design: str | None
    criteria: tuple[Criterion, ...]
    raises: tuple[tuple[Text, Grade], ...]
    verdicts: tuple[tuple[str, int], ...]

    def plain(self, language: Language) -> str:
        """One sentence: the grade and how many results it rests on, harms and nulls among them."""
        told = _TOLD.fill(grade=self.grade.label, results=_results(dict(self.verdicts))).say(language)
        return told[0].upper() + told[1:]

    def as_dict(self) -> dict[str, object]:
        return {
            "grade": int(self.grade),
            "label": self.grade.label.as_dict(),
            "start": int(self.start),
            "design": self.design,
            "criteria": [criterion.as_dict() for criterion in self.criteria],
            "raises": [{"do": text.as_dict(), "to": int(grade)} for text, grade in self.raises],
            "verdicts": dict(self.verdicts),
            "plain": {"sv": self.plain("sv"), "en": self.plain("en")},
        }


_TOLD = Text(sv="{grade}: {results}.", en="{grade}: {results}.")
_KINDS = {
    "better": Text(sv="{n} bättre", en="{n} better"),
    "worse": Text(sv="{n} sämre", en="{n} worse"),
    "difference shown": Text(sv="{n} med en skillnad", en="{n} with a difference"),
    "no difference shown": Text(sv="{n} utan påvisad skillnad", en="{n} with no difference shown"),
    "uninformative": Text(sv="{n} för osäkert", en="{n} too uncertain"),
    "none": Text(sv="{n} som inte har gett något", en="{n} that have given none"),
}


def _results(counted: dict[str, int]) -> Text:
    """How many of each kind there are, those that have given nothing last."""
    parts = [words.fill(n=counted[name]) for name, words in _KINDS.items() if counted.get(name)]
    total = sum(n for name, n in counted.items() if name != "none")
    if total == 0:
        return Text(sv="ingen har gett något resultat än", en="nobody has given a result yet")
    head = Text(sv="{n} resultat", en="{n} result" if total == 1 else "{n} results").fill(n=total)
    swedish, english = (", ".join(part.say(language) for part in parts) for language in LANGUAGES)
    return Text(sv=f"{head.sv} ({swedish})", en=f"{head.en} ({english})")


def grade(adoptions: Sequence[Adoption], spread: Spread | None = None) -> Graded:
    """The grade of all adoptions of a practice, those without a result among them. `spread` once two have one."""
    with_result = [each for each in adoptions if each.verdict is not None]
    start, design = _start(with_result)
    criteria = _criteria(adoptions, with_result, spread) if with_result else ()
    reached = _after(start, criteria)
    return Graded(
        grade=reached,
        start=start,
        design=design,
        criteria=criteria,
        raises=tuple(_raises(start, criteria, reached, bool(with_result))),
        verdicts=_verdicts(adoptions),
    )


def _start(adoptions: Sequence[Adoption]) -> tuple[Grade, str | None]:
    """The best design that at least half of the people with a result were studied by, or by a better one."""
    people = sum(each.people for each in adoptions)
    for each in sorted(adoptions, key=lambda one: -STARTS.get(one.design, Grade.NONE)):
        level = STARTS.get(each.design, Grade.NONE)
        as_good = sum(other.people for other in adoptions if STARTS.get(other.design, Grade.NONE) >= level)
        if as_good >= LEAST_OF_DESIGN * people:
            return level, each.design
    return Grade.NONE, None


def _after(start: Grade, criteria: Sequence[Criterion]) -> Grade:
    """One step down for each criterion that does not hold; with any result at all, not below the first."""
    if start is Grade.NONE:
        return Grade.NONE
    return Grade(max(Grade.VERY_LIMITED, start - sum(not criterion.holds for criterion in criteria)))


def _criteria(
    everybody: Sequence[Adoption], adoptions: Sequence[Adoption], spread: Spread | None
) -> tuple[Criterion, ...]:
    return (
        _places(adoptions),
        _size(adoptions),
        _loss(adoptions),
        _consistency(spread, len(adoptions)),
        _silence(everybody, adoptions),
        _directness(adoptions),
        _plans(adoptions),
    )


def _places(adoptions: Sequence[Adoption]) -> Criterion:
    n = len(adoptions)
    return Criterion(
        id="adoptions",
        label=Text(sv="flera platser", en="several places"),
        found=Text(sv="{n} med resultat", en="{n} with a result").fill(n=n),
        needed=Text(sv="minst {k}", en="at least {k}").fill(k=FEWEST_ADOPTIONS),
        holds=n >= FEWEST_ADOPTIONS,
        mend=Text(sv="Ett resultat från en kommun till.", en="A result from one municipality more."),
    )


def _size(adoptions: Sequence[Adoption]) -> Criterion:
    people = sum(each.people for each in adoptions)
    informative = any(each.verdict is not Verdict.UNINFORMATIVE for each in adoptions)
    found = Text(sv="{n} personer", en="{n} people").fill(n=people)
    if not informative:
        found = Text(sv="{n} personer, inget resultat kan svara", en="{n} people, no result can answer").fill(n=people)
    return Criterion(
        id="size",
        label=Text(sv="tillräckligt stort", en="large enough"),
        found=found,
        needed=Text(
            sv="minst {n} personer och minst ett resultat som svarar",
            en="at least {n} people, and a result that answers",
        ).fill(n=FEWEST_PEOPLE),
        holds=people >= FEWEST_PEOPLE and informative,
        mend=Text(sv="Följ upp fler personer.", en="Follow up more people."),
    )


def _loss(adoptions: Sequence[Adoption]) -> Criterion:
    """Weighed by people, so that one small adoption does not decide."""
    people = max(1, sum(each.people for each in adoptions))
    lost = sum(each.attrition * each.people for each in adoptions) / people
    uneven = sum(each.uneven * each.people for each in adoptions) / people
    return Criterion(
        id="attrition",
        label=Text(sv="litet bortfall", en="small loss"),
        found=Text(sv="{a} % borta, {u} procentenheters skillnad", en="{a}% lost, {u} points apart").fill(
            a=Number(100 * lost, 0), u=Number(100 * uneven, 0)
        ),
        needed=Text(sv="högst {a} % och {u} procentenheter", en="at most {a}% and {u} points").fill(
            a=Number(100 * MOST_ATTRITION, 0), u=Number(100 * MOST_UNEVEN, 0)
        ),
        holds=lost <= MOST_ATTRITION and uneven <= MOST_UNEVEN,
        mend=Text(sv="Följ upp dem som saknas.", en="Follow up those who are missing."),
    )


def _consistency(spread: Spread | None, n: int) -> Criterion:
    """Effects that differ between places, so that the next may see none, or a conclusion that hangs on the method."""
    found, holds = Text(sv="en plats: går inte att se", en="one place: cannot be seen"), n < FEWEST_ADOPTIONS
    if spread is not None:
        holds = not (spread.i2 > MOST_I2 and spread.prediction_holds_zero) and not spread.depends_on_method
        found = Text(sv="I² {i} %", en="I² {i}%").fill(i=Number(100 * spread.i2, 0))
    elif n >= FEWEST_ADOPTIONS:
        found = Text(sv="inte sammanvägt", en="not pooled")
    return Criterion(
        id="consistency",
        label=Text(sv="samma svar på olika platser", en="the same answer in different places"),
        found=found,
        needed=Text(
            sv="I² högst {i} %, eller nästa plats väntas få samma riktning; oberoende av metod",
            en="I² at most {i}%, or the next place expected to go the same way; whatever the method",
        ).fill(i=Number(100 * MOST_I2, 0)),
        holds=holds,
        mend=Text(
            sv="Fler resultat, eller en förklaring till att platserna skiljer sig.",
            en="More results, or an explanation of why places differ.",
        ),
    )


def _silence(everybody: Sequence[Adoption], adoptions: Sequence[Adoption]) -> Criterion:
    without = len(everybody) - len(adoptions)
    return Criterion(
        id="without_result",
        label=Text(sv="inga resultat som saknas", en="no results missing"),
        found=Text(sv="{n} av {all} har inte gett något", en="{n} of {all} have given none").fill(
            n=without, all=len(everybody)
        ),
        needed=Text(sv="högst {p} %", en="at most {p}%").fill(p=Number(100 * MOST_WITHOUT_RESULT, 0)),
        holds=without <= MOST_WITHOUT_RESULT * len(everybody),
        mend=Text(
            sv="Resultat från dem som införde men inte berättat.",
            en="Results from those who adopted but have not told.",
        ),
    )


def _directness(adoptions: Sequence[Adoption]) -> Criterion:
    people = max(1, sum(each.people for each in adoptions))
    direct = sum(each.people for each in adoptions if each.direct) / people
    return Criterion(
        id="directness",
        label=Text(sv="gäller det som frågas", en="about what is asked"),
        found=Text(sv="{p} % av personerna", en="{p}% of the people").fill(p=Number(100 * direct, 0)),
        needed=Text(sv="minst {p} %", en="at least {p}%").fill(p=Number(100 * LEAST_DIRECT, 0)),
        holds=direct >= LEAST_DIRECT,
        mend=Text(sv="Resultat om samma målgrupp och utfall.", en="Results about the same people and outcome."),
    )


def _plans(adoptions: Sequence[Adoption]) -> Criterion:
    kept = sum(each.as_planned for each in adoptions)
    return Criterion(
        id="plan",
        label=Text(sv="plan låst i förväg", en="plan locked beforehand"),
        found=Text(sv="{n} av {all}", en="{n} of {all}").fill(n=kept, all=len(adoptions)),
        needed=Text(sv="minst hälften", en="at least half"),
        holds=2 * kept >= len(adoptions),
        mend=Text(sv="Lås planen innan den första börjar.", en="Lock the plan before the first one starts."),
    )


def _raises(start: Grade, criteria: Sequence[Criterion], reached: Grade, has_result: bool) -> list[tuple[Text, Grade]]:
    """Each mend alone that lifts the grade; all mends together where none does; and a better design."""
    if not has_result:
        first = Text(sv="Ett första resultat, helst med lottning.", en="A first result, preferably with lots drawn.")
        return [(first, Grade.VERY_LIMITED)]
    found = []
    broken = [criterion for criterion in criteria if not criterion.holds]
    for criterion in broken:
        mended = [replace(each, holds=True) if each is criterion else each for each in criteria]
        if (after := _after(start, mended)) > reached:
            found.append((criterion.mend, after))
    if broken and not found and start > reached:
        mends = [criterion.mend for criterion in broken]
        all_of = Text(sv=" ".join(mend.sv for mend in mends), en=" ".join(mend.en for mend in mends))
        found.append((all_of, start))
    if start < Grade.STRONG:
        better = Grade(start + 1)
        if (after := _after(better, criteria)) > reached:
            found.append((_BETTER_DESIGN[better], after))
    return found


_BETTER_DESIGN = {
    Grade.VERY_LIMITED: Text(sv="Mät före och efter.", en="Measure before and after."),
    Grade.LIMITED: Text(sv="Mät varje månad, före och efter.", en="Measure every month, before and after."),
    Grade.MODERATE: Text(sv="Jämför med platser som inte börjat.", en="Compare with places that have not begun."),
    Grade.STRONG: Text(sv="Lotta vem som får börja först.", en="Draw lots on who may begin first."),
}


def _verdicts(adoptions: Sequence[Adoption]) -> tuple[tuple[str, int], ...]:
    names = [*(verdict.value for verdict in Verdict), "none"]
    given = ["none" if each.verdict is None else each.verdict.value for each in adoptions]
    return tuple((name, given.count(name)) for name in names if name in given)

"""One series of measurements, before and after the practice began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate import flags
from genklang.evaluate.arrays import Floats
from genklang.evaluate.counts import Counted, segmented_counts
from genklang.evaluate.designs.course import Course, Line, read_course
from genklang.evaluate.findings import Arm, Curve, Estimate, Finding, Flag, Kind
from genklang.evaluate.judgement import judged
from genklang.evaluate.request import Request
from genklang.evaluate.series import segmented_regression
from genklang.evaluate.texts import Number, Text

FEW_POINTS = 8
STRONG_AUTOCORRELATION = 0.5
SMALL_COUNT = 20
ASSUMPTIONS = (
    Text(
        sv="Utan arbetssättet hade den tidigare utvecklingen fortsatt i en rak linje (och med samma säsong, om "
        "den räknats in).",
        en="Without the practice the earlier course would have gone on in a straight line (and season, if "
        "allowed for).",
    ),
    Text(
        sv="Inget annat som påverkar utfallet ändrades vid samma tid, och mätsättet är detsamma hela tiden.",
        en="Nothing else that touches the outcome changed at that time, and it was measured in the same way "
        "throughout.",
    ),
    Text(
        sv="Grannperioder får likna varandra, mer ju närmare de ligger (autokorrelation av första ordningen).",
        en="Neighbouring periods may be alike, the more so the nearer they are (first-order autocorrelation).",
    ),
)


UNMOVED = Text(
    sv="Det som annars ändrades vid den tiden gjorde det lika mycket i jämförelseserien, som inte fick arbetssättet.",
    en="What else changed at that time did so as much in the series compared with, which did not get the practice.",
)


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What numbers and counts have in common: estimates (the headline first), the other method's p, and lines."""

    estimates: tuple[Estimate, ...]
    second_p: float | None
    fitted: Floats
    expected: Floats
    autocorrelation: float
    horizon: float
    settings: tuple[tuple[str, str | int | float | None], ...]
    kind: Kind
    own: Line


def build(request: Request) -> Finding:
    """The finding of an interrupted time series: `outcome` per `time`, from `start` on (or where `treatment` is 1).

    Counts (`kind="count"`, or an `exposure`) are regressed as rates. With `group` and `treated`, the other groups are
    compared with. Raises EvaluationError with all that is wrong.
    """
    request.needs("outcome", "time")
    is_count = request.kind == "count" or request.exposure is not None
    read = read_course(request, is_count=is_count)
    answer = _counts(request, read) if is_count else _numbers(request, read)
    after = answer.own.periods >= read.start
    seen = _shown(answer.own, per_exposed=request.exposure is not None)
    arms = (
        _arm("after", Text(sv="efter starten", en="after the start"), seen[after], is_control=False),
        _arm("before", Text(sv="före starten", en="before the start"), seen[~after], is_control=True),
    )
    relevant = float(seen[~after].std(ddof=1)) / 2 if request.relevant is None else request.relevant
    plan = request.departures(horizon=answer.horizon)
    verdict, depends = judged(answer.estimates[0], answer.second_p, better=request.better, relevant=relevant)
    return Finding(
        design="interrupted_time_series",
        question=Text(
            sv="Ändrades ”{outcome}” när arbetssättet började?", en="Did “{outcome}” change when the practice began?"
        ).fill(outcome=request.label or request.outcome or ""),
        outcome=request.described(answer.kind, request.outcome),
        practice=request.practice,
        estimates=answer.estimates,
        verdict=verdict,
        relevant=relevant,
        confidence=request.confidence,
        arms=arms,
        assumptions=ASSUMPTIONS if read.other is None else (*ASSUMPTIONS, UNMOVED),
        plan=plan,
        flags=(
            *flags.depends_on_method(depends),
            *_flags(read, answer, arms),
            *flags.plan(plan),
            *flags.direction(request.better),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=False),
        ),
        curves=_curves(answer),
        settings=(
            ("start", read.start),
            ("season", request.season),
            ("waves", request.waves if request.season else None),
            ("horizon", answer.horizon),
            ("autocorrelation", answer.autocorrelation),
            ("exposure", request.exposure),
            ("compared_series", read.others or None),
            *answer.settings,
        ),
    )


def _numbers(request: Request, read: Course) -> _Answer:
    own = read.own if read.other is None else _apart(read.own, read.other)
    result = segmented_regression(
        own.values,
        periods=own.periods,
        start=read.start,
        season=request.season,
        waves=request.waves,
        horizon=request.horizon,
        confidence=request.confidence,
    )
    return _Answer(
        estimates=(result.average, result.level, result.slope, *result.second),
        second_p=result.second[0].p,
        fitted=result.fitted,
        expected=result.expected,
        autocorrelation=result.autocorrelation,
        horizon=result.horizon,
        settings=(("lags", result.lags),),
        kind="mean",
        own=own,
    )


def _apart(own: Line, other: Line) -> Line:
    """Own less other, period by period: what moves both alike cancels out."""
    _, mine, theirs = np.intersect1d(own.periods, other.periods, return_indices=True)
    return Line(values=own.values[mine] - other.values[theirs], exposed=own.exposed[mine], periods=own.periods[mine])


def _counts(request: Request, read: Course) -> _Answer:
    own, other = (
        None if line is None else Counted(counts=line.values, periods=line.periods, exposed=line.exposed)
        for line in (read.own, read.other)
    )
    if own is None:
        raise AssertionError("a course without its own series")
    result = segmented_counts(
        own,
        other=other,
        start=read.start,
        season=request.season,
        waves=request.waves,
        horizon=request.horizon,
        per_exposed=request.exposure is not None,
        confidence=request.confidence,
    )
    scale = own.exposed if request.exposure is not None else np.ones(len(own.counts))
    return _Answer(
        estimates=(result.average, result.ratio, result.level, result.slope, result.second),
        second_p=result.second.p,
        fitted=result.fitted / scale,
        expected=result.expected / scale,
        autocorrelation=result.autocorrelation,
        horizon=result.horizon,
        settings=(("lags", result.lags), ("dispersion", result.dispersion)),
        kind="count",
        own=read.own,
    )


def _shown(line: Line, *, per_exposed: bool) -> Floats:
    """Counts per one exposed where that is known, otherwise as they are."""
    return line.values / line.exposed if per_exposed else line.values


def _arm(name: str, label: Text, values: Floats, *, is_control: bool) -> Arm:
    return Arm(
        name=name,
        label=label,
        is_control=is_control,
        n=len(values),
        value=float(values.mean()),
        standard_deviation=float(values.std(ddof=1)),
    )


def _flags(read: Course, answer: _Answer, arms: tuple[Arm, ...]) -> list[Flag]:
    fewest = min(arm.n for arm in arms)
    candidates = (
        (
            read.other is None,
            flags.said("no_comparison", sv="Ingen jämförelsegrupp.", en="No comparison group."),
        ),
        (
            answer.kind == "mean" and _counted(read.own.values),
            flags.said(
                "counts_as_numbers",
                sv='Utfallet ser ut som små antal men räknas som tal; kind="count" (--kind count) ger en kvot.',
                en='The outcome looks like small counts but is taken as numbers; kind="count" gives a ratio.',
            ),
        ),
        (
            read.was_sorted,
            flags.said(
                "sorted",
                sv="Raderna stod inte i tidsordning och har ordnats.",
                en="The rows were out of order and were sorted.",
            ),
        ),
        (
            read.missing > 0,
            flags.said(
                "missing_outcome",
                sv="{n} perioder saknar mätning.",
                en="{n} periods lack a measurement.",
                n=read.missing,
            ),
        ),
        (
            read.gaps > 0,
            flags.said(
                "gaps", sv="Perioder som saknas i serien: {n}.", en="Periods missing in the series: {n}.", n=read.gaps
            ),
        ),
        (
            fewest < FEW_POINTS,
            flags.said(
                "few_points",
                sv="Bara {n} mätningar på ena sidan: intervallet är troligen för smalt.",
                en="Only {n} measurements on one side: the interval is probably too narrow.",
                n=fewest,
            ),
        ),
        (
            abs(answer.autocorrelation) > STRONG_AUTOCORRELATION,
            flags.said(
                "autocorrelation",
                sv="Grannperioder liknar varandra starkt (autokorrelation {r}).",
                en="Neighbouring periods are strongly alike (autocorrelation {r}).",
                r=Number(answer.autocorrelation, 2),
            ),
        ),
    )
    return [flag for applies, flag in candidates if applies]


def _counted(values: Floats) -> bool:
    return bool(np.all((values >= 0) & (values == np.floor(values))) and values.mean() < SMALL_COUNT)


def _curves(answer: _Answer) -> tuple[Curve, ...]:
    x = tuple(map(float, answer.own.periods))
    seen = _shown(answer.own, per_exposed=answer.kind == "count")
    lines = (
        ("observed", Text(sv="Uppmätt", en="Measured"), seen),
        ("fitted", Text(sv="Linjer före och efter", en="Lines before and after"), answer.fitted),
        ("expected", Text(sv="Väntat utan arbetssättet", en="Expected without the practice"), answer.expected),
    )
    return tuple(Curve(name=name, label=label, x=x, y=tuple(map(float, y))) for name, label, y in lines)

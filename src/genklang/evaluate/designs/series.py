"""One series of measurements, before and after the practice began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genklang.evaluate import flags
from genklang.evaluate.arrays import Floats
from genklang.evaluate.columns import TimeUnit, numbers, start_in, times, yes_no
from genklang.evaluate.findings import Arm, Curve, Finding, Flag
from genklang.evaluate.judgement import judged
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.request import Request
from genklang.evaluate.series import Segmented, segmented_regression
from genklang.evaluate.texts import Number, Text

FEW_POINTS = 8
STRONG_AUTOCORRELATION = 0.5
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


@dataclass(frozen=True, kw_only=True)
class _Read:
    values: Floats
    periods: Floats
    start: float
    was_sorted: bool
    missing: int
    gaps: int


def build(request: Request) -> Finding:
    """The finding of an interrupted time series: `outcome` per `time`, from `start` on (or where `treatment` is 1)."""
    request.needs("outcome", "time")
    read = _read(request)
    result = segmented_regression(
        read.values,
        periods=read.periods,
        start=read.start,
        season=request.season,
        horizon=request.horizon,
        confidence=request.confidence,
    )
    after = read.periods >= read.start
    arms = (
        _arm("after", Text(sv="efter starten", en="after the start"), read.values[after], is_control=False),
        _arm("before", Text(sv="före starten", en="before the start"), read.values[~after], is_control=True),
    )
    relevant = float(read.values[~after].std(ddof=1)) / 2 if request.relevant is None else request.relevant
    average = result.average
    plan = request.departures(horizon=result.horizon)
    verdict, depends = judged(average, result.second[0].p, better=request.better, relevant=relevant)
    return Finding(
        design="interrupted_time_series",
        question=Text(
            sv="Ändrades ”{outcome}” när arbetssättet började?", en="Did “{outcome}” change when the practice began?"
        ).fill(outcome=request.label or request.outcome or ""),
        outcome=request.described("mean", request.outcome),
        practice=request.practice,
        estimates=(average, result.level, result.slope, *result.second),
        verdict=verdict,
        relevant=relevant,
        confidence=request.confidence,
        arms=arms,
        assumptions=ASSUMPTIONS,
        plan=plan,
        flags=(
            *flags.depends_on_method(depends),
            *_flags(read, result, arms),
            *flags.plan(plan),
            *flags.direction(request.better),
            *flags.relevance(relevant, is_assumed=request.relevant is None, is_share=False),
        ),
        curves=_curves(read, result),
        settings=(
            ("start", read.start),
            ("season", request.season),
            ("horizon", result.horizon),
            ("lags", result.lags),
        ),
    )


def _read(request: Request) -> _Read:
    problems = Problems()
    outcome, time = request.outcome or "", request.time or ""
    values = numbers(outcome, request.columns[outcome], problems)
    moments, unit = times(time, request.columns[time], problems)
    _check_times(moments, time, problems)
    start = _start(request, moments, unit, problems)
    problems.check()
    known = ~np.isnan(values)
    if not known.any():
        raise refuse(
            Text(sv="det finns inga mätningar.", en="there are no measurements."),
            Text(sv="Fyll i utfallet.", en="Fill in the outcome."),
            column=outcome,
        )
    order = np.argsort(moments[known], kind="stable")
    ordered = moments[known][order]
    periods, step = _periods(ordered, time)
    return _Read(
        values=values[known][order],
        periods=periods,
        start=float(np.ceil((start - ordered[0]) / step - 1e-6)),
        was_sorted=bool(np.any(np.diff(moments[known]) < 0)),
        missing=int((~known).sum()),
        gaps=int((np.diff(periods) > 1).sum()),
    )


def _check_times(moments: Floats, column: str, problems: Problems) -> None:
    if problems.found:
        return
    missing = Text(sv="tiden saknas.", en="the time is missing.")
    instead = Text(sv="Skriv en tid på varje rad.", en="Write a time in every row.")
    problems.add_rows([(int(row), missing) for row in np.flatnonzero(np.isnan(moments))], instead, column=column)


def _start(request: Request, moments: Floats, unit: TimeUnit, problems: Problems) -> float:
    """When the practice began: as told, or the first time that the treatment column says yes."""
    if request.start is not None:
        start = start_in(request.start, unit)
        if start is None:
            problems.add(
                Text(
                    sv="starten är skriven på annat sätt än tiderna ({s}).",
                    en="the start is written otherwise than the times ({s}).",
                ).fill(s=f'"{request.start}"'),
                Text(
                    sv='Skriv den som i kolumnen, till exempel "2026-03".',
                    en='Write it as in the column, for example "2026-03".',
                ),
            )
        return start or 0.0
    if request.treatment is None:
        problems.add(
            Text(sv="det framgår inte när arbetssättet började.", en="nothing tells when the practice began."),
            Text(
                sv="Ange start (--start 2026-03), eller en kolumn med 0 före och 1 efter (--treatment).",
                en="Give start (--start 2026-03), or a column with 0 before and 1 after (--treatment).",
            ),
        )
        return 0.0
    return _start_of_phase(request.treatment, request.columns[request.treatment], moments, problems)


def _start_of_phase(column: str, cells: Sequence[object], moments: Floats, problems: Problems) -> float:
    phases = np.array([np.nan if (phase := yes_no(cell)) is None else phase for cell in cells])
    order = np.argsort(moments, kind="stable")
    if np.isnan(phases).any() or np.any(np.diff(phases[order]) < 0) or not phases.any():
        problems.add(
            Text(
                sv="kolumnen är inte 0 före och 1 efter starten.",
                en="the column is not 0 before and 1 after the start.",
            ),
            Text(
                sv="Skriv 0 på varje rad före starten och 1 på varje efter.",
                en="Write 0 in each row before the start and 1 after.",
            ),
            column=column,
        )
        return 0.0
    return float(moments[phases == 1].min())


def _periods(ordered: Floats, column: str) -> tuple[Floats, float]:
    """Times as whole periods from the first; the shortest step between two is one period."""
    steps = np.diff(ordered)
    step = float(steps[steps > 0].min()) if np.any(steps > 0) else 1.0
    exact = (ordered - ordered[0]) / step
    periods = np.round(exact)
    if np.any(np.abs(exact - periods) > 0.01):
        raise refuse(
            Text(
                sv="mätningarna kommer inte med jämna mellanrum.", en="the measurements do not come at even intervals."
            ),
            Text(sv="Räkna ihop dem per vecka eller månad först.", en="Add them up per week or month first."),
            column=column,
        )
    return periods, step


def _arm(name: str, label: Text, values: Floats, *, is_control: bool) -> Arm:
    return Arm(
        name=name,
        label=label,
        is_control=is_control,
        n=len(values),
        value=float(values.mean()),
        standard_deviation=float(values.std(ddof=1)),
    )


def _flags(read: _Read, result: Segmented, arms: tuple[Arm, ...]) -> list[Flag]:
    fewest = min(arm.n for arm in arms)
    candidates = (
        (True, flags.said("no_comparison", sv="Ingen jämförelsegrupp.", en="No comparison group.")),
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
            abs(result.autocorrelation) > STRONG_AUTOCORRELATION,
            flags.said(
                "autocorrelation",
                sv="Grannperioder liknar varandra starkt (autokorrelation {r}).",
                en="Neighbouring periods are strongly alike (autocorrelation {r}).",
                r=Number(result.autocorrelation, 2),
            ),
        ),
    )
    return [flag for applies, flag in candidates if applies]


def _curves(read: _Read, result: Segmented) -> tuple[Curve, ...]:
    x = tuple(map(float, read.periods))
    lines = (
        ("observed", Text(sv="Uppmätt", en="Measured"), read.values),
        ("fitted", Text(sv="Linjer före och efter", en="Lines before and after"), result.fitted),
        ("expected", Text(sv="Väntat utan arbetssättet", en="Expected without the practice"), result.expected),
    )
    return tuple(Curve(name=name, label=label, x=x, y=tuple(map(float, y))) for name, label, y in lines)

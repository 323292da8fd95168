"""What is asked of a table: which design, which columns, which settings. Checked here, answered by the designs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from genklang.evaluate.columns import LARGEST, Columns, OutcomeKind, named
from genklang.evaluate.findings import Deviation, Kind, Outcome
from genklang.evaluate.plan import Plan
from genklang.evaluate.problems import Problems
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Better

Controls = Literal["never", "not_yet"]
Missing = Literal["refuse", "leave_out"]
POINTS = Text(sv="enheter", en="units")


COLUMNS = (
    *("outcome", "treatment", "time", "event", "before", "cluster"),
    *("group", "first", "exposure", "received", "cost", "weight", "population"),
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One question to one table. Columns are named; None or () where the design does not use them."""

    columns: Columns
    design: str
    outcome: str | None = None
    treatment: str | None = None
    control: str | None = None
    treated: str | None = None
    strata: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    subgroups: tuple[str, ...] = ()
    time: str | None = None
    event: str | None = None
    before: str | None = None
    cluster: str | None = None
    group: str | None = None
    first: str | None = None
    controls: Controls | None = None
    exposure: str | None = None
    received: str | None = None
    missing_treatment: Missing | None = None
    cost: str | None = None
    price: float | None = None
    practice_cost: float | None = None
    willingness: float | None = None
    weight: str | None = None
    population: str | None = None
    start: str | None = None
    season: int | None = None
    waves: int = 1
    horizon: float | None = None
    target: float | None = None
    kind: OutcomeKind | None = None
    success: str | None = None
    better: Better | None = None
    relevant: float | None = None
    confidence: float = 0.95
    seed: int = 1
    draws: int = 10_000
    planned: Plan | None = None
    practice: Text | None = None
    label: Text | None = None
    unit: Text | None = None
    assessed: int | None = None
    eligible: int | None = None

    @property
    def size(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def check(self) -> None:
        """Refuses settings out of bounds, an empty table and columns that are not there."""
        problems = Problems()
        for wrong, instead in (*self._bad_numbers(), *self._bad_words()):
            problems.add(wrong, instead)
        problems.check()
        single = [getattr(self, name) for name in COLUMNS]
        named(self.columns, [*single, *self.strata, *self.covariates, *self.subgroups])

    def _bad_numbers(self) -> Iterator[tuple[Text, Text]]:
        """Each setting that is no number, or out of bounds; the bounds are the lowest and highest allowed."""
        settings = (
            ("draws", self.draws, 99, 10**8),
            ("seed", self.seed, 0, 2**64),
            ("season", self.season, 2, 10**6),
            ("waves", self.waves, 1, 12),
            ("relevant", self.relevant, 0, LARGEST),
            ("target", self.target, -LARGEST, LARGEST),
            ("horizon", self.horizon, 0, LARGEST),
            ("willingness", self.willingness, 0, LARGEST),
            ("price", self.price, -LARGEST, LARGEST),
            ("practice_cost", self.practice_cost, -LARGEST, LARGEST),
        )
        for name, value, least, most in settings:
            if value is not None and not least <= value <= most:
                wrong = Text(sv="{name} är {value}.", en="{name} is {value}.").fill(name=name, value=f"{value:g}")
                instead = Text(
                    sv="Skriv ett tal från {least} till {most}.", en="Write a number from {least} to {most}."
                )
                yield wrong, instead.fill(least=f"{least:g}", most=f"{most:g}")
        if not 0 < self.confidence < 1:
            wrong = Text(
                sv="säkerheten {c} ligger inte mellan 0 och 1.", en="the confidence {c} is not between 0 and 1."
            )
            instead = Text(sv='Skriv till exempel "0.95".', en='Write, for example, "0.95".')
            yield wrong.fill(c=f"{self.confidence:g}"), instead

    def _bad_words(self) -> Iterator[tuple[Text, Text]]:
        if self.better not in (None, "higher", "lower"):
            yield (
                Text(sv='"{b}" är inget håll.', en='"{b}" is no direction.').fill(b=str(self.better)),
                Text(sv='Skriv "higher" eller "lower".', en='Write "higher" or "lower".'),
            )
        if self.kind not in (None, "share", "mean", "count"):
            yield (
                Text(sv='"{k}" är inget slags utfall.', en='"{k}" is no kind of outcome.').fill(k=str(self.kind)),
                Text(sv='Skriv "share", "mean" eller "count".', en='Write "share", "mean" or "count".'),
            )
        if self.controls not in (None, "never", "not_yet"):
            yield (
                Text(sv='"{c}" är ingen jämförelse.', en='"{c}" is no comparison.').fill(c=str(self.controls)),
                Text(sv='Skriv "never" eller "not_yet".', en='Write "never" or "not_yet".'),
            )
        if self.missing_treatment not in (None, "refuse", "leave_out"):
            yield (
                Text(sv='"{m}" är inget val.', en='"{m}" is no choice.').fill(m=str(self.missing_treatment)),
                Text(sv='Skriv "refuse" eller "leave_out".', en='Write "refuse" or "leave_out".'),
            )
        if self.size == 0:
            yield (
                Text(sv="tabellen är tom.", en="the table is empty."),
                Text(sv="Lämna en tabell med minst en rad.", en="Hand over a table with at least one row."),
            )

    def needs(self, *names: str) -> None:
        """Refuses, all at once, the absence of columns that the design cannot do without."""
        problems = Problems()
        for name in names:
            if getattr(self, name) is None:
                wrong = Text(sv="designen {design} behöver {name}.", en="the design {design} needs {name}.")
                instead = Text(
                    sv='Namnge kolumnen: {name}="…" (--{name} …).', en='Name the column: {name}="…" (--{name} …).'
                )
                if name not in COLUMNS:
                    instead = Text(sv="Ange {name} (--{name} …).", en="Give {name} (--{name} …).")
                problems.add(wrong.fill(design=self.design, name=name), instead.fill(name=name))
        problems.check()

    def departures(self, **done: object) -> tuple[Deviation, ...]:
        """The plan beside what was done; `done` adds what the design itself settled, such as the horizon."""
        if self.planned is None:
            return ()
        names = ("design", "outcome", "strata", "covariates", "subgroups", "cluster", "confidence", "better", "size")
        return self.planned.beside({name: getattr(self, name) for name in names} | done)

    def described(self, kind: Kind, column: str | None) -> Outcome:
        """The outcome's description for the finding."""
        unit = Text(sv="andel", en="share") if kind == "share" else self.unit or POINTS
        time_unit = self.unit if self.event else None
        label = self.label or Text.of(column or "")
        return Outcome(label=label, kind=kind, unit=unit, better=self.better, time_unit=time_unit)

"""The study of an adoption, evaluated as its protocol planned: findings with their pictures, in words."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from genklang import evaluate as evaluation  # its parts, and numpy with them, load when used
from genklang.bank.wording import design_in_words, verdict_in_words
from genklang.charts import Chart
from genklang.evaluate.findings import Estimate, Finding
from genklang.evaluate.plain import PERCENT as IN_PERCENT
from genklang.evaluate.plan import Plan
from genklang.evaluate.problems import EvaluationError
from genklang.evaluate.report import p_value
from genklang.evaluate.texts import Text, decimals_for, number
from genklang.measure.over_time import panel_table, series_table
from genklang.measure.study import StudyTable, study_table
from genklang.measure.tables import Tables
from genklang.operate.models import Adoption
from genklang.operate.pages.figures import group_in_words
from genklang.operate.pages.measuring import kept, tables_of
from genklang.operate.pages.pictures import QUOTES, picture_of, series_picture, survival_picture
from genklang.operate.pages.protocols import protocol_of
from genklang.operate.pages.words import language, say
from genklang.protocol.checks.pairs import before_column
from genklang.protocol.expressions import Type
from genklang.protocol.scopes import table_scope
from genklang.protocol.types import LabelledSeries, Outcome, Protocol, Study

PERCENT = 100
FOR_WHOEVER_CALLS = {"direction_unknown", "control_assumed"}  # they tell how to write an option


@dataclass(frozen=True)
class Answer:
    """One outcome evaluated: the finding and its picture; or, when it cannot be evaluated yet, why (`problems`)."""

    name: str
    label: str
    finding: Finding | None = None
    chart: Chart | None = None
    problems: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Three plain sentences."""
        return self.finding.plain(language()) if self.finding else ()

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        return verdict_in_words(self.finding.verdict) if self.finding else ""

    @property
    def method(self) -> str:
        """The method's name."""
        return self.finding.method.name.say(language()) if self.finding else ""

    @property
    def assumptions(self) -> list[str]:
        """What must hold for the answer to be right."""
        return [text.say(language()) for text in self.finding.assumptions] if self.finding else []

    @property
    def flags(self) -> list[str]:
        """What a reader must know first."""
        flags = self.finding.flags if self.finding else ()
        return [flag.text.say(language()) for flag in flags if flag.id not in FOR_WHOEVER_CALLS]

    @property
    def numbers(self) -> list[list[str]]:
        """Every estimate with its interval and p value."""
        return (
            [_estimate_row(each, unit=self.finding.outcome.unit) for each in self.finding.estimates]
            if self.finding
            else []
        )

    @property
    def tests(self) -> list[list[str]]:
        """Tests without an estimate of their own."""
        tests = self.finding.tests if self.finding else ()
        return [[test.label.say(language()), p_value(test.p, language())] for test in tests]

    @property
    def plan(self) -> list[tuple[str, str, str, bool]]:
        """Planned against done."""
        rows = self.finding.plan if self.finding else ()
        return [
            (row.item.say(language()), design_in_words(row.planned), design_in_words(row.done), row.kept)
            for row in rows
        ]

    @property
    def subgroups(self) -> list[tuple[str, str, str, list[list[str]]]]:
        """Each background variable: name, planned or not, whether the effect differs, its levels."""
        if self.finding is None:
            return []
        unit = self.finding.outcome.unit
        return [
            (
                each.label.say(language()),
                each.origin.say(language()),
                p_value(each.interaction.p, language()) if each.interaction else "–",
                [
                    [
                        group.level,
                        str(group.n),
                        _with_interval(group.estimate, unit=unit),
                        verdict_in_words(group.verdict),
                    ]
                    for group in each.groups
                ],
            )
            for each in self.finding.subgroups
        ]

    @property
    def flow(self) -> list[dict[str, Any]]:
        """The way of the participants, as the component `flow` draws it."""
        return flow_steps(self.finding) if self.finding else []


@dataclass(frozen=True)
class Result:
    """All that the study says: the question, the primary answer, the others, the survival curve where there is one."""

    question: str
    design: str
    primary: Answer
    others: tuple[Answer, ...] = ()
    survival: Answer | None = None


def result_of(adoption: Adoption) -> Result | None:
    """The study evaluated on the adoption's log; None for a protocol without a study. Kept until the log grows."""
    if protocol_of(adoption.protocol_version).study is None:
        return None
    return kept(adoption, f"result-{language()}", lambda: evaluate(adoption, tables_of(adoption)))


def evaluate(adoption: Adoption, tables: Tables) -> Result:
    """Evaluates every outcome or series of the study."""
    protocol = protocol_of(adoption.protocol_version)
    study = protocol.study
    assert study is not None
    if study.series:
        answers = [_series(protocol, tables, name, each) for name, each in study.series.items()]
    else:
        table = in_words(protocol, study_table(protocol, tables))
        table |= {label_of(protocol, name): table.pop(name) for name in study.outcomes}
        answers = [_outcome(protocol, study, table, name, each) for name, each in study.outcomes.items()]
    survival = _survival(protocol, study, tables) if study.time_to_event else None
    return Result(say(study.question), design_in_words(study.design), answers[0], tuple(answers[1:]), survival)


def in_words(protocol: Protocol, table: StudyTable) -> StudyTable:
    """The table with arms and answers in the reader's words, so that every finding speaks them."""
    said = {name: column for name, column in table.items() if name not in protocol.facts}
    for name in [name for name in ("arm", *protocol.facts) if name in table]:
        fact = protocol.facts.get(name)
        told = name == "arm" or (fact and fact.type in {"choice", "boolean"})
        column = [_worded(protocol, name, each) if told and each is not None else each for each in table[name]]
        said[label_of(protocol, name)] = column
    return said


def is_mean_of_shares(protocol: Protocol, outcome: Outcome) -> bool:
    """Whether each participant has a share between 0 and 1, to be told as per cent: an average of yes and no."""
    found = re.match(r"\s*avg\((\w+)\)", outcome.value)
    return found is not None and table_scope(protocol, outcome.of).names.get(found[1]) is Type.BOOLEAN


def label_of(protocol: Protocol, name: str) -> str:
    """What a column is called: a fact's question, the outcome's name; its own name where two would be the same."""
    outcomes = protocol.study.outcomes if protocol.study else {}
    labels = {key: say(each) for key, each in (*protocol.facts.items(), *outcomes.items())}
    label = labels.get(name, name)
    return label if list(labels.values()).count(label) == 1 else name


def flow_steps(finding: Finding) -> list[dict[str, Any]]:
    """The flow as steps: assessed, eligible, by lot, then each arm with what was lost."""
    flow = finding.flow
    if flow is None:
        return []
    heads = [(_("Assessed"), flow.assessed), (_("Could take part"), flow.eligible), (_("By lot"), flow.randomised)]
    steps: list[dict[str, Any]] = [{"text": text, "n": n} for text, n in heads if n is not None]
    arms = [
        {
            "text": arm.label.say(language()).strip(QUOTES).capitalize(),
            "n": arm.allocated,
            "lost": [
                *(f"{loss.reason.say(language())}: {loss.n}" for loss in arm.lost),
                _("Compared: %(n)s") % {"n": arm.analysed},
            ],
        }
        for arm in flow.arms
    ]
    return [*steps, {"arms": arms}] if arms else steps


def _outcome(protocol: Protocol, study: Study, table: StudyTable, name: str, outcome: Outcome) -> Answer:
    options: dict[str, Any] = {
        "outcome": label_of(protocol, name),
        "label": Text(sv=outcome.sv, en=outcome.en),
        "better": outcome.better,
        "practice": Text(sv=protocol.title.sv, en=protocol.title.en),
    }
    if outcome.unit:
        options["unit"] = Text(sv=outcome.unit.sv, en=outcome.unit.en)
    columns = [options["outcome"]]
    if outcome.before is not None:
        options["before"] = before_column(name)
        columns.append(options["before"])
    scale = PERCENT if is_mean_of_shares(protocol, outcome) else 1
    if scale == PERCENT:
        table = table | {each: _as_percent(table[each]) for each in columns}
        options["unit"] = IN_PERCENT
    target = None if outcome.target is None else scale * outcome.target
    if study.design == "randomised":
        options |= _arms(protocol, study) | {
            "subgroups": _labels(protocol, study.subgroups),
            "planned": _plan(protocol, study, name),
        }
    elif study.design == "one_group":
        options["target"] = target

    def answer() -> tuple[Finding, Chart]:
        finding = evaluation.evaluate_table(table, design=study.design, **options)
        return finding, picture_of(finding, say(outcome), target)

    return _answered(name, say(outcome), answer)


def _as_percent(column: Iterable[float | None]) -> list[float | None]:
    return [None if each is None else PERCENT * each for each in column]


def _survival(protocol: Protocol, study: Study, tables: Tables) -> Answer:
    table = in_words(protocol, study_table(protocol, tables))
    arms = {key: value for key, value in _arms(protocol, study).items() if key != "strata"}
    assert study.time_to_event is not None
    end = study.time_to_event.end
    label = say(protocol.events.get(end)) or end

    def answer() -> tuple[Finding, Chart]:
        better = next((outcome.better for outcome in study.outcomes.values()), None)
        finding = evaluation.evaluate_table(
            table,
            design="survival",
            time="time",
            event="event",
            better=better,
            label=Text.of(label),
            unit=Text(sv="dagar", en="days"),
            **arms,
        )
        return finding, survival_picture(finding, label)

    return _answered("survival", _("Over time"), answer)


def _series(protocol: Protocol, tables: Tables, name: str, series: LabelledSeries) -> Answer:
    made = series_table(protocol, tables, name)
    columns = made.columns()
    kept_rows = [place for place, value in enumerate(columns["value"]) if value is not None]
    table = {key: [column[place] for place in kept_rows] for key, column in columns.items()}
    periods = dict(zip(columns["index"], made.period, strict=True))

    def answer() -> tuple[Finding, Chart]:
        finding = evaluation.evaluate_table(
            table,
            design="interrupted_time_series",
            outcome="value",
            time="index",
            treatment="after",
            label=Text(sv=series.sv, en=series.en),
            better=series.better,
        )
        return finding, series_picture(finding, say(series), periods, made.change)

    return _answered(name, say(series), answer)


def _answered(name: str, label: str, answer: Callable[[], tuple[Finding, Chart]]) -> Answer:
    try:
        finding, chart = answer()
    except EvaluationError as error:
        said = tuple(error.messages(language()))
        return Answer(name, label, problems=said)
    return Answer(name, label, finding, chart)


def _arms(protocol: Protocol, study: Study) -> dict[str, Any]:
    randomise = protocol.randomise
    assert randomise is not None
    control = study.control or next(iter(randomise.arms))
    treated = next(name for name in randomise.arms if name != control)
    return {
        "treatment": "arm",
        "control": _worded(protocol, "arm", control),
        "treated": _worded(protocol, "arm", treated),
        "strata": _labels(protocol, randomise.strata),
    }


def _labels(protocol: Protocol, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(label_of(protocol, name) for name in names)


def _plan(protocol: Protocol, study: Study, outcome: str) -> Plan:
    primary = next(iter(study.outcomes))
    strata = _labels(protocol, protocol.randomise.strata) if protocol.randomise else ()
    return Plan(
        design=study.design,
        outcome=label_of(protocol, primary) if outcome == primary else None,
        strata=strata,
        subgroups=_labels(protocol, study.subgroups),
    )


def _estimate_row(estimate: Estimate, *, unit: Text) -> list[str]:
    return [
        estimate.label.say(language()),
        _with_interval(estimate, unit=unit),
        p_value(estimate.p, language()),
        estimate.method.name.say(language()),
    ]


def _with_interval(estimate: Estimate | None, *, unit: Text) -> str:
    """The value with its interval, a share as per cent."""
    if estimate is None:
        return "–"
    scale = PERCENT if estimate.is_share else 1
    spread = (estimate.high - estimate.low) * scale / 2 if estimate.low is not None and estimate.high is not None else 0
    decimals = min(decimals_for(spread), 3)
    said = [
        number(value * scale, language(), decimals=decimals)
        for value in (estimate.value, estimate.low, estimate.high)
        if value is not None
    ]
    sign = "\u00a0%" if estimate.is_share or unit == IN_PERCENT else ""
    if len(said) < 3:
        return said[0] + sign
    return _("%(value)s%(sign)s (%(low)s to %(high)s)") % {
        "value": said[0],
        "sign": sign,
        "low": said[1],
        "high": said[2],
    }


def _worded(protocol: Protocol, name: str, value: Any) -> str:
    return group_in_words(protocol, name, str(value).lower() if isinstance(value, bool) else str(value))

"""From a study's table to its findings: each outcome as the plan says, in the reader's words, with its picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genklang import evaluate as evaluation  # its parts, and numpy with them, load when used
from genklang.charts import Chart
from genklang.evaluate.plain import PERCENT as IN_PERCENT
from genklang.evaluate.plan import Plan
from genklang.evaluate.problems import EvaluationError
from genklang.evaluate.texts import Text
from genklang.measure.flow import received
from genklang.measure.over_time import SeriesTable, panel_table, series_table
from genklang.measure.study import StudyTable, is_mean_of_shares, sample_of, study_table
from genklang.operate.pages.answers import PERCENT, Answer
from genklang.operate.pages.figures import group_in_words
from genklang.operate.pages.flowing import with_flow
from genklang.operate.pages.pictures import (
    course_picture,
    picture_of,
    series_picture,
    survival_picture,
    worth_picture,
)
from genklang.operate.pages.together import allowed_for, primary_of
from genklang.operate.pages.words import inside_sentence, language, say
from genklang.protocol.checks.pairs import before_column
from genklang.protocol.compared import treated_arms
from genklang.protocol.measured import OF_GROUPS
from genklang.protocol.types import LabelledSeries, Outcome, Protocol, Study
from genklang.protocol.units import Money

if TYPE_CHECKING:
    from genklang.evaluate.findings import Finding
    from genklang.measure.tables import Tables

IN_DAYS = Text(sv="dagar", en="days")


def answers_of(
    protocol: Protocol, tables: Tables, plan: Protocol, *, prices: Mapping[str, Money]
) -> tuple[list[Answer], list[Answer]]:
    """The study's answers, the primary first, and those beside them (over time, cost against result).

    `plan` is the protocol as it stood when the plan was locked.
    """
    study = protocol.study
    assert study is not None
    if study.series:
        over_time = [_over_time(protocol, tables, plan, name) for name in study.series]
        return [_waiting(each, protocol, tables) for each in over_time], []
    table = in_words(protocol, study_table(protocol, tables, prices=prices))
    table |= {label_of(protocol, name): table.pop(name) for name in study.outcomes}
    arms = treated_arms(protocol)
    answers = [
        answer
        for name, each in study.outcomes.items()
        for answer in _each_arm(protocol, arms, partial(_outcome, protocol, tables, plan, table, name, each))
    ]
    beside = []
    if study.time_to_event:
        survival = _each_arm(protocol, arms, partial(_survival, protocol, tables, plan, table))
        if study.design == "survival":
            answers = [*survival, *answers]
        else:
            beside += survival
    if study.cost_effectiveness:
        beside += _each_arm(protocol, arms, partial(_worth, protocol, table, prices))
    got = _received(protocol, tables)
    answers = [_waiting(replace(each, received=got), protocol, tables, table) for each in answers]
    return allowed_for(protocol, plan, answers), [each for each in beside if each.finding or table["enrolment"]]


def _each_arm(protocol: Protocol, arms: tuple[str, ...], answer: Callable[[str], Answer]) -> list[Answer]:
    """One answer, or one for each arm beside the control, which then says which arm it is about."""
    if len(arms) < 2:
        return [answer(*arms or ("",))]
    assert protocol.randomise is not None
    said = {arm: say(protocol.randomise.arms[arm]) for arm in arms}
    made = [replace(answer(arm), arm=arm, arm_label=said[arm]) for arm in arms]
    return [replace(each, label=f"{each.label}: {inside_sentence(each.arm_label)}") for each in made]


def _waiting(answer: Answer, protocol: Protocol, tables: Tables, table: StudyTable | None = None) -> Answer:
    """An answer that nobody has a value for yet says how far it has come, and nothing about tables."""
    if answer.finding is not None or (table is not None and _has_values(protocol, table, answer.name)):
        return answer
    if answer.waits or (table is None and tables.logs):
        return answer
    said = ngettext("%(n)s has come so far.", "%(n)s have come so far.", len(tables.logs)) % {"n": len(tables.logs)}
    if protocol.study is not None and protocol.study.draw is not None:
        sample = sample_of(protocol, tables.logs, protocol.study.draw)
        more = _("%(n)s are drawn and are to be asked later.") % {"n": sample.waiting}
    else:
        more = _("The answer comes here when there is something to compare.")
    return replace(answer, problems=(), waits=f"{said} {more}")


def _has_values(protocol: Protocol, table: StudyTable, name: str) -> bool:
    column = table.get("time" if name == "survival" else label_of(protocol, name), ())
    return any(value is not None for value in column)


def _received(protocol: Protocol, tables: Tables) -> tuple[tuple[str, int], ...]:
    """How many in each arm got the practice, where the plan says what shows it."""
    if protocol.study is None or protocol.study.received is None or protocol.randomise is None:
        return ()
    in_arm = {arm: [log for log in tables.logs if log.state.arm == arm] for arm in protocol.randomise.arms}
    return tuple((_worded(protocol, "arm", arm), received(protocol, logs)) for arm, logs in in_arm.items())


def in_words(protocol: Protocol, table: StudyTable) -> StudyTable:
    """The table with arms and answers in the reader's words, so that every finding speaks them."""
    said = {name: column for name, column in table.items() if name not in protocol.facts}
    for name in [name for name in ("arm", *protocol.facts) if name in table]:
        fact = protocol.facts.get(name)
        told = name == "arm" or (fact and fact.type in {"choice", "boolean"})
        column = [_worded(protocol, name, each) if told and each is not None else each for each in table[name]]
        said[label_of(protocol, name)] = column
    return said


def label_of(protocol: Protocol, name: str) -> str:
    """What a column is called: a fact's question, the outcome's name; its own name where two would be the same."""
    outcomes = protocol.study.outcomes if protocol.study else {}
    labels = {key: say(each) for key, each in (*protocol.facts.items(), *outcomes.items())}
    label = labels.get(name, name)
    return label if list(labels.values()).count(label) == 1 else name


def target_of(protocol: Protocol, outcome: Outcome) -> float | None:
    """What the outcome is compared with, in the unit that it is told in."""
    if outcome.target is None:
        return None
    return (PERCENT if is_mean_of_shares(protocol, outcome) else 1) * outcome.target


def _outcome(
    protocol: Protocol, tables: Tables, plan: Protocol, table: StudyTable, name: str, outcome: Outcome, arm: str
) -> Answer:
    study = protocol.study
    assert study is not None
    # beside the time that something takes, other outcomes are compared as people were drawn
    design = "randomised" if study.design == "survival" else study.design
    options: dict[str, Any] = {
        "outcome": label_of(protocol, name),
        "label": Text(sv=outcome.sv, en=outcome.en),
        "planned": _plan(plan, name) if design == study.design else None,
        **_said(protocol, outcome),
        **_for_design(protocol, outcome, design, arm),
    }
    columns = [options["outcome"]]
    if outcome.before is not None:
        options["before"] = before_column(name)
        columns.append(options["before"])
    if is_mean_of_shares(protocol, outcome):
        table = table | {each: _as_percent(table[each]) for each in columns}
        options |= {"unit": IN_PERCENT, "relevant": None if outcome.relevant is None else PERCENT * outcome.relevant}

    def answer() -> tuple[Finding, Chart]:
        finding = evaluation.evaluate_table(table, design=design, **options)
        missing = [any(table[each][place] is None for each in columns) for place in range(len(table["enrolment"]))]
        finding = with_flow(finding, protocol, tables, table, missing)
        return finding, picture_of(finding, say(outcome), options.get("target"))

    return _answered(name, say(outcome), answer)


def _said(protocol: Protocol, measured: Outcome | LabelledSeries) -> dict[str, Any]:
    """What the plan says of an outcome or a series, as evaluating takes it."""
    said: dict[str, Any] = {
        "better": measured.better,
        "relevant": measured.relevant,
        "practice": Text(sv=protocol.title.sv, en=protocol.title.en),
    }
    if isinstance(measured, Outcome) and measured.unit:
        said["unit"] = Text(sv=measured.unit.sv, en=measured.unit.en)
    return said


def _for_design(protocol: Protocol, outcome: Outcome, design: str, arm: str) -> dict[str, Any]:
    """What only some designs take. Clusters drawn whole are counted as clusters, and have no strata."""
    study = protocol.study
    assert study is not None
    if design == "randomised":
        return _arms(protocol, study, arm) | {"subgroups": _labels(protocol, study.subgroups)}
    if design == "cluster_randomised":
        return {key: value for key, value in _arms(protocol, study, arm).items() if key != "strata"} | {
            "cluster": "cluster"
        }
    if design == "one_group":
        return {"target": target_of(protocol, outcome)}
    if design == "survey":
        return {"target": target_of(protocol, outcome), "population": "population"}
    return {}


def _as_percent(column: Iterable[float | None]) -> list[float | None]:
    return [None if each is None else PERCENT * each for each in column]


def _survival(protocol: Protocol, tables: Tables, plan: Protocol, table: StudyTable, arm: str) -> Answer:
    study = protocol.study
    assert study is not None and study.time_to_event is not None
    arms = {key: value for key, value in _arms(protocol, study, arm).items() if key != "strata"}
    end = study.time_to_event.end
    label = say(protocol.events.get(end)) or end
    planned = _plan(plan, None) if study.design == "survival" else None

    def answer() -> tuple[Finding, Chart]:
        better = next((outcome.better for outcome in study.outcomes.values()), None)
        finding = evaluation.evaluate_table(
            table,
            design="survival",
            time="time",
            event="event",
            better=better,
            label=Text.of(label),
            unit=IN_DAYS,
            planned=planned,
            **arms,
        )
        missing = [time is None or event is None for time, event in zip(table["time"], table["event"], strict=True)]
        finding = with_flow(finding, protocol, tables, table, missing)
        return finding, survival_picture(finding, label)

    return _answered("survival", _("Over time") if study.design != "survival" else label, answer)


def _worth(protocol: Protocol, table: StudyTable, prices: Mapping[str, Money], arm: str) -> Answer:
    study = protocol.study
    assert study is not None and study.cost_effectiveness is not None and protocol.economy is not None
    priced = study.cost_effectiveness
    worth = prices.get(priced.worth) or protocol.economy.prices[priced.worth].amount
    outcome = study.outcomes[priced.outcome]
    arms = {key: value for key, value in _arms(protocol, study, arm).items() if key != "strata"}

    def answer() -> tuple[Finding, Chart]:
        finding = evaluation.evaluate_table(
            table,
            design="cost_effectiveness",
            outcome=label_of(protocol, priced.outcome),
            cost="cost",
            willingness=float(worth.amount),
            label=Text(sv=outcome.sv, en=outcome.en),
            better=outcome.better,
            practice=Text(sv=protocol.title.sv, en=protocol.title.en),
            **arms,
        )
        return finding, worth_picture(finding, worth.currency)

    return _answered("cost_effectiveness", _("What it costs, beside what it gives"), answer)


def _over_time(protocol: Protocol, tables: Tables, plan: Protocol, name: str) -> Answer:
    assert protocol.study is not None
    series = protocol.study.series[name]
    options = _said(protocol, series) | {"label": Text(sv=series.sv, en=series.en)}
    if protocol.study.design in OF_GROUPS:
        return _groups(protocol, tables, plan, name, options)
    made = series_table(protocol, tables, name)
    if len(set(made.after)) < len((False, True)):
        return Answer(name, say(series), waits=_one_sided(protocol, made))
    columns = made.columns()
    kept = [place for place, value in enumerate(columns["value"]) if value is not None]
    table = {key: [column[place] for place in kept] for key, column in columns.items()}
    periods = dict(enumerate(sorted({*made.period, *made.transition})))

    def answer() -> tuple[Finding, Chart]:
        finding = evaluation.evaluate_table(
            table,
            design="interrupted_time_series",
            outcome="value",
            time="index",
            treatment="after",
            planned=_plan(plan, None),
            **options,
        )
        return finding, series_picture(finding, say(series), periods, made.change)

    return _answered(name, say(series), answer)


def _one_sided(protocol: Protocol, made: SeriesTable) -> str:
    """How far a series has come that has nothing on one side of its change."""
    assert protocol.study is not None
    followed = {"n": len(made.period)}
    if made.per == "month":
        text = ngettext("%(n)s whole month has been followed.", "%(n)s whole months have been followed.", followed["n"])
    else:
        text = ngettext("%(n)s whole week has been followed.", "%(n)s whole weeks have been followed.", followed["n"])
    kind = protocol.study.series[made.name].change
    change = {"change": say(protocol.events.get(kind)) or kind}
    if made.change is None:
        return " ".join([text % followed, _("The change has not come yet: “%(change)s”.") % change])
    if any(made.after):
        return " ".join([text % followed, _("There is nothing from before the change to compare with.")])
    return " ".join([text % followed, _("Nothing has been measured after the change yet.")])


def _groups(protocol: Protocol, tables: Tables, plan: Protocol, name: str, options: dict[str, Any]) -> Answer:
    study = protocol.study
    assert study is not None
    made = panel_table(protocol, tables, name)
    fact = study.groups or (protocol.randomise.cluster if protocol.randomise else None)
    table = made.columns()
    if fact is not None:
        table["group"] = [_worded(protocol, fact, group) for group in table["group"]]
    table["first"] = ["" if place is None else place for place in table["first"]]
    label = say(study.series[name])

    def answer() -> tuple[Finding, Chart]:
        finding = evaluation.evaluate_table(
            table,
            design=study.design,
            outcome="value",
            time="index",
            group="group",
            first="first",
            planned=_plan(plan, None),
            **options,
        )
        return finding, course_picture(finding, label, dict(enumerate(made.periods)))

    return _answered(name, label, answer)


def _told(wrong: str) -> str:
    """What is wrong as a sentence; what to write instead is for whoever hands over a table."""
    return wrong[:1].upper() + wrong[1:]


def _answered(name: str, label: str, answer: Callable[[], tuple[Finding, Chart]]) -> Answer:
    try:
        finding, chart = answer()
    except EvaluationError as error:
        return Answer(name, label, problems=tuple(_told(problem.wrong.say(language())) for problem in error.problems))
    return Answer(name, label, finding, chart)


def _arms(protocol: Protocol, study: Study, treated: str) -> dict[str, Any]:
    randomise = protocol.randomise
    assert randomise is not None
    control = study.control or next(iter(randomise.arms))
    return {
        "treatment": "arm",
        "control": _worded(protocol, "arm", control),
        "treated": _worded(protocol, "arm", treated),
        "strata": _labels(protocol, randomise.strata),
    }


def _labels(protocol: Protocol, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(label_of(protocol, name) for name in names)


def _plan(plan: Protocol, outcome: str | None) -> Plan | None:
    """The locked plan, as evaluating takes it; None where there was none."""
    study = plan.study
    if study is None:
        return None
    by_lot = study.design == "randomised"
    return Plan(
        design=study.design,
        outcome=label_of(plan, outcome) if outcome is not None and outcome == primary_of(study) else None,
        strata=_labels(plan, plan.randomise.strata) if by_lot and plan.randomise else None,
        subgroups=_labels(plan, study.subgroups) if by_lot else None,
        better=None if outcome not in study.outcomes else study.outcomes[outcome].better,
    )


def _worded(protocol: Protocol, name: str, value: Any) -> str:
    return group_in_words(protocol, name, str(value).lower() if isinstance(value, bool) else str(value))

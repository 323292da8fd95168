"""A finding as plain text for a terminal: sentences, tables, method and assumptions."""

from __future__ import annotations

from collections.abc import Sequence

from genklang.evaluate.findings import Arm, Estimate, Finding, Flow, Subgroup
from genklang.evaluate.multiplicity import Several
from genklang.evaluate.texts import Language, Text, decimals_for, number
from genklang.evaluate.verdicts import Verdict

Row = Sequence[str]

VERDICTS = {
    Verdict.BETTER: Text(sv="bättre", en="better"),
    Verdict.WORSE: Text(sv="sämre", en="worse"),
    Verdict.DIFFERENT: Text(sv="skillnad visad", en="difference shown"),
    Verdict.NO_DIFFERENCE: Text(sv="ingen skillnad visad", en="no difference shown"),
    Verdict.UNINFORMATIVE: Text(sv="går inte att säga", en="uninformative"),
}
_ESTIMATES = Text(sv="Skattningar", en="Estimates")
_GROUPS = Text(sv="Grupper", en="Groups")
_SUBGROUPS = Text(sv="Undergrupper", en="Subgroups")
_FLOW = Text(sv="Deltagarflöde", en="Participant flow")
_METHOD = Text(sv="Metod", en="Method")
_ASSUMPTIONS = Text(sv="Förutsätter", en="Assumes")
_FLAGS = Text(sv="Att tänka på", en="To bear in mind")
_PLAN = Text(sv="Planerat och gjort", en="Planned and done")


def report(finding: Finding, language: Language) -> str:
    """The whole finding, in sections divided by empty lines."""
    sections = [
        " ".join(finding.plain(language)),
        f"{_title(Text(sv='Omdöme', en='Verdict'), language)}: {VERDICTS[finding.verdict].say(language)}",
        _section(_ESTIMATES, _estimates(finding, language), language),
        _section(_GROUPS, _arms(finding.arms, finding.estimate.is_share, language), language),
        *(_subgroup(each, finding, language) for each in finding.subgroups),
        _section(_FLOW, _flow(finding.flow, language), language),
        _section(_PLAN, _plan(finding, language), language),
        _list(_METHOD, _methods(finding, language), language),
        _list(_ASSUMPTIONS, [text.say(language) for text in finding.assumptions], language),
        _list(_FLAGS, [flag.text.say(language) for flag in finding.flags], language),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def p_value(p: float | None, language: Language) -> str:
    if p is None:
        return "–"
    return "< " + number(0.001, language, decimals=3) if p < 0.001 else number(p, language, decimals=3)


def _title(text: Text, language: Language) -> str:
    return text.say(language)


def _section(title: Text, rows: Sequence[Row], language: Language) -> str:
    """A table with its title; nothing where it has no rows beneath the heading."""
    return "" if len(rows) < 2 else f"{_title(title, language)}\n{aligned(rows)}"


def _list(title: Text, lines: Sequence[str], language: Language) -> str:
    return "" if not lines else "\n".join([_title(title, language), *(f"  - {line}" for line in lines)])


def aligned(rows: Sequence[Row]) -> str:
    """Rows in columns: the first to the left, the others to the right, a rule under the heading."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "  "
        + "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  " + "-" * (sum(widths) + 2 * (len(widths) - 1)), *lines[1:]])


def _heading(language: Language, *words: tuple[str, str]) -> Row:
    return [sv if language == "sv" else en for sv, en in words]


def _estimates(finding: Finding, language: Language) -> list[Row]:
    heading = _heading(
        language, ("", ""), ("skattning", "estimate"), ("intervall", "interval"), ("nivå", "level"), ("p", "p")
    )
    tests = [
        [test.label.say(language), number(test.statistic, language, decimals=2), "–", "–", p_value(test.p, language)]
        for test in finding.tests
    ]
    return [heading, *(_estimate(each, language) for each in finding.estimates), *tests]


def _estimate(estimate: Estimate, language: Language) -> Row:
    per = Text(sv=" (av 100)", en=" (per 100)") if estimate.is_share else Text(sv="", en="")
    value, interval = _value(estimate.value, estimate.low, estimate.high, estimate.is_share, language)
    level = "–" if estimate.confidence is None else f"{100 * estimate.confidence:g} %".replace(".", _point(language))
    label = estimate.label.say(language) + per.say(language)
    return [label, value, interval, level, p_value(estimate.p, language)]


def _point(language: Language) -> str:
    return "," if language == "sv" else "."


def _value(
    value: float | None, low: float | None, high: float | None, is_share: bool, language: Language
) -> tuple[str, str]:
    """A value and its interval with as many decimals as its uncertainty deserves."""
    scale = 100 if is_share else 1
    if value is None:
        return "–", "–"
    spread = abs(value) if low is None or high is None else (high - low) / 2
    decimals = 1 if is_share else decimals_for(spread)
    written = [
        "–" if each is None else number(scale * each, language, decimals=decimals) for each in (value, low, high)
    ]
    joint = " till " if language == "sv" else " to "
    return written[0], "–" if low is None and high is None else written[1] + joint + written[2]


def _arms(arms: Sequence[Arm], is_share: bool, language: Language) -> list[Row]:
    average = ("av 100", "of 100") if is_share else ("medel", "mean")
    heading = _heading(language, ("", ""), ("antal", "n"), average, ("intervall", "interval"))
    return [heading, *(_arm(arm, is_share, language) for arm in arms)]


def _arm(arm: Arm, is_share: bool, language: Language) -> Row:
    value, interval = _value(arm.value, arm.low, arm.high, is_share, language)
    return [arm.label.say(language), str(arm.n), value, interval]


def _subgroup(subgroup: Subgroup, finding: Finding, language: Language) -> str:
    heading = _heading(
        language,
        ("", ""),
        ("antal", "n"),
        ("skillnad", "difference"),
        ("intervall", "interval"),
        ("p", "p"),
        ("omdöme", "verdict"),
    )
    rows = [heading]
    for group in subgroup.groups:
        estimate = group.estimate
        value, interval = (
            ("–", "–")
            if estimate is None
            else _value(estimate.value, estimate.low, estimate.high, finding.estimate.is_share, language)
        )
        p = p_value(None if estimate is None else estimate.p, language)
        rows.append([group.level, str(group.n), value, interval, p, VERDICTS[group.verdict].say(language)])
    title = f"{_SUBGROUPS.say(language)}: {subgroup.label.say(language)} ({subgroup.origin.say(language)})"
    interaction = "" if subgroup.interaction is None else _interaction(subgroup.interaction.p, language)
    return f"{title}\n{aligned(rows)}{interaction}"


def _interaction(p: float, language: Language) -> str:
    words = "Samspel (skiljer sig nivåerna åt?)" if language == "sv" else "Interaction (do the levels differ?)"
    return f"\n  {words}: p {'' if p < 0.001 else '= '}{p_value(p, language)}"


def _flow(flow: Flow | None, language: Language) -> list[Row]:
    if flow is None:
        return []
    heading = _heading(language, ("", ""), ("antal", "n"))
    tops = [
        (Text(sv="bedömda", en="assessed"), flow.assessed),
        (Text(sv="möjliga", en="eligible"), flow.eligible),
        (Text(sv="lottade", en="randomised"), flow.randomised),
    ]
    rows: list[Row] = [heading, *([text.say(language), str(n)] for text, n in tops if n is not None)]
    rows += [[loss.reason.say(language), str(loss.n)] for loss in flow.left_before]
    steps = (("tilldelade", "allocated"), ("uppföljda", "followed up"), ("analyserade", "analysed"))
    for arm in flow.arms:
        for (sv, en), n in zip(steps, (arm.allocated, arm.followed_up, arm.analysed), strict=True):
            rows.append([f"{arm.label.say(language)}: {sv if language == 'sv' else en}", str(n)])
        left = (*arm.lost, *arm.crossed)
        rows += [[f"{arm.label.say(language)}: {loss.reason.say(language)}", f"{loss.n}"] for loss in left]
    return rows


def _plan(finding: Finding, language: Language) -> list[Row]:
    heading = _heading(language, ("", ""), ("planerat", "planned"), ("gjort", "done"))
    return [heading, *([line.item.say(language), line.planned, line.done] for line in finding.plan)]


def _methods(finding: Finding, language: Language) -> list[str]:
    tests = [*finding.tests, *(each.interaction for each in finding.subgroups if each.interaction is not None)]
    methods = dict.fromkeys([each.method for each in finding.estimates] + [test.method for test in tests])
    return [f"{method.name.say(language)} [{method.id}]. {method.source}." for method in methods]


def report_several(several: Several, language: Language) -> str:
    """Each outcome's and arm's finding, and last how they stand together."""
    title = Text(sv="Flera jämförelser, justerade enligt Holm", en="Several comparisons, adjusted by Holm's method")
    heading = _heading(
        language, ("", ""), ("p", "p"), ("justerat p", "adjusted p"), ("ensamt", "alone"), ("omdöme", "verdict")
    )
    rows = [
        [
            each.label.say(language),
            p_value(each.p, language),
            p_value(each.adjusted, language),
            VERDICTS[each.alone].say(language),
            VERDICTS[each.verdict].say(language),
        ]
        for each in several.together
    ]
    findings = [f"{each.outcome.label.say(language)}\n\n{report(each, language)}" for each in several.findings]
    return "\n".join([*findings, _section(title, [heading, *rows], language) + "\n"])

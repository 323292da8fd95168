"""A pool as plain text for a terminal: sentences, every way of pooling, every study, what to bear in mind."""

from __future__ import annotations

from genklang.evaluate.findings import Estimate
from genklang.evaluate.pooling.effects import Pooled
from genklang.evaluate.report import VERDICTS, aligned, p_value
from genklang.evaluate.texts import Language, Text, decimals_for, number

_WAYS = {
    "reml_hk": Text(sv="REML, Hartung-Knapp", en="REML, Hartung-Knapp"),
    "dl_hk": Text(sv="DerSimonian-Laird, Hartung-Knapp", en="DerSimonian-Laird, Hartung-Knapp"),
    "pm_hk": Text(sv="Paule-Mandel, Hartung-Knapp", en="Paule-Mandel, Hartung-Knapp"),
    "reml": Text(sv="REML", en="REML"),
    "dl": Text(sv="DerSimonian-Laird", en="DerSimonian-Laird"),
    "fixed": Text(sv="gemensam effekt", en="one common effect"),
}


def report(pooled: Pooled, language: Language) -> str:
    """The whole pool, in sections divided by empty lines."""
    sections = [
        " ".join(pooled.plain(language)),
        f"{'Omdöme' if language == 'sv' else 'Verdict'}: {VERDICTS[pooled.verdict].say(language)}",
        _ways(pooled, language),
        _studies(pooled, language),
        _spread(pooled, language),
        _flags(pooled, language),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _ways(pooled: Pooled, language: Language) -> str:
    heading = ["", *(("effekt", "intervall", "p") if language == "sv" else ("effect", "interval", "p"))]
    rows = [[_WAYS[each.name].say(language), *_cells(each.estimate, language)] for each in pooled.summaries]
    for ahead in (pooled.prediction, pooled.prediction_distribution):
        if ahead is not None:
            rows.append([ahead.label.say(language), *_cells(ahead, language)])
    title = "Sätt att väga samman" if language == "sv" else "Ways of pooling"
    return f"{title}\n{aligned([heading, *rows])}"


def _cells(estimate: Estimate, language: Language) -> list[str]:
    return [
        *_interval(estimate.value, estimate.low or 0.0, estimate.high or 0.0, language),
        p_value(estimate.p, language),
    ]


def _interval(value: float, low: float, high: float, language: Language) -> list[str]:
    decimals = decimals_for((high - low) / 2)
    joint = " till " if language == "sv" else " to "
    told = [number(each, language, decimals=decimals) for each in (value, low, high)]
    return [told[0], told[1] + joint + told[2]]


def _studies(pooled: Pooled, language: Language) -> str:
    words = ("effekt", "intervall", "vikt %") if language == "sv" else ("effect", "interval", "weight %")
    rows = [
        [row.name, *_interval(row.effect, row.low, row.high, language), number(100 * row.weight, language, decimals=1)]
        for row in pooled.rows
    ]
    return f"{'Resultat' if language == 'sv' else 'Results'}\n{aligned([['', *words], *rows])}"


def _spread(pooled: Pooled, language: Language) -> str:
    test = pooled.heterogeneity
    parts = {
        "tau²": number(pooled.tau2, language, decimals=4),
        "I²": number(100 * pooled.i2, language, decimals=1) + " %",
        "Q": f"{number(test.statistic, language, decimals=2)} (df {test.degrees_of_freedom}, "
        f"p {p_value(test.p, language)})",
    }
    title = "Skillnad mellan platserna" if language == "sv" else "Spread between places"
    return title + "".join(f"\n  {name}  {value}" for name, value in parts.items())


def _flags(pooled: Pooled, language: Language) -> str:
    title = "Att tänka på" if language == "sv" else "To bear in mind"
    lines = [f"  - {flag.text.say(language)}" for flag in pooled.flags]
    return "\n".join([title, *lines]) if lines else ""

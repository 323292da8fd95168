"""What is wrong or missing in what is asked of a study's power, with what to write instead."""

from __future__ import annotations

from genklang.evaluate.columns import LARGEST
from genklang.evaluate.power_designs import LEAST_PERIODS
from genklang.evaluate.power_study import BY_SHARE, DESIGNS, HIGHEST, LOWEST, OVER_TIME, Study
from genklang.evaluate.problems import Problems
from genklang.evaluate.texts import Text


def check(study: Study) -> None:
    """Raises EvaluationError with all that is wrong."""
    problems = Problems()
    for name, value, least, most in (
        ("n", study.n, 4, study.most),
        ("effect", None if study.effect is None else abs(study.effect), 1e-50, LARGEST),
        ("power", study.power, 0.01, 0.999),
        ("sd", study.sd, 1e-50, LARGEST),
        ("share", study.share, LOWEST, HIGHEST),
        ("treated", study.treated, 0.01, 0.99),
        ("attrition", study.attrition, 0, 0.95),
        ("explained", study.explained, 0, 0.99),
        ("outcomes", study.outcomes, 1, 1000),
        ("cluster_size", study.cluster_size, 1, 1e7),
        ("icc", study.icc, 0, 1),
        ("periods", study.periods, 2, 10_000),
        ("autocorrelation", study.autocorrelation, -0.9, 0.95),
        ("confidence", study.confidence, 0.5, 0.9999),
    ):
        if value is not None and not least <= value <= most:
            wrong = Text(sv="{name} är {value}.", en="{name} is {value}.").fill(name=name, value=f"{value:g}")
            instead = Text(sv="Skriv ett tal från {least} till {most}.", en="Write a number from {least} to {most}.")
            problems.add(wrong, instead.fill(least=f"{least:g}", most=f"{most:g}"))
    for wrong, instead in _missing(study):
        problems.add(wrong, instead)
    problems.check()


def _missing(study: Study) -> list[tuple[Text, Text]]:
    found = []
    if study.design not in DESIGNS:
        wrong = Text(sv='"{d}" är ingen design här.', en='"{d}" is no design here.').fill(d=study.design)
        found.append((wrong, Text(sv="Välj bland: {d}.", en="Choose among: {d}.").fill(d=", ".join(DESIGNS))))
    if study.n is None and study.effect is None:
        found.append(
            (
                Text(sv="varken antal eller effekt är angiven.", en="neither people nor effect is given."),
                Text(sv='Ange till exempel "--n 200" eller "--effect 4".', en='Give, for example, "--n 200".'),
            )
        )
    if study.n is not None and study.effect is not None and study.power is not None:
        found.append(
            (
                Text(sv="antal, effekt och styrka är alla angivna.", en="people, effect and power are all given."),
                Text(sv="Ta bort det som ska räknas ut.", en="Leave out the one to compute."),
            )
        )
    if (study.sd is None) == (study.share is None):
        found.append(
            (
                Text(sv="ange en av sd och share.", en="one of sd and share is needed."),
                Text(
                    sv='Skriv "--sd 10" för ett medelvärde eller "--share 0.3" för en andel utan arbetssättet.',
                    en='Write "--sd 10" for a mean, or "--share 0.3" for a share without the practice.',
                ),
            )
        )
    return [*found, *_missing_for_design(study)]


def _missing_for_design(study: Study) -> list[tuple[Text, Text]]:
    found = []
    if study.is_clusters and (study.cluster_size is None or study.icc is None):
        found.append(
            (
                Text(sv="grupperna saknar storlek eller icc.", en="the clusters lack a size or an icc."),
                Text(sv='Skriv "--cluster-size 20 --icc 0.05".', en='Write "--cluster-size 20 --icc 0.05".'),
            )
        )
    if study.is_clusters and study.n is not None and study.cluster_size and study.n < 4 * study.cluster_size:
        found.append(
            (
                Text(sv="färre än fyra grupper.", en="fewer than four clusters."),
                Text(sv="Minst två grupper per arm behövs.", en="At least two clusters an arm are needed."),
            )
        )
    if study.design not in BY_SHARE and study.share is not None:
        found.append(
            (
                Text(sv="andelar räknas inte för den designen.", en="shares are not computed for that design."),
                Text(sv='Skriv "--sd", till exempel "--sd 10".', en='Write "--sd", for example "--sd 10".'),
            )
        )
    if study.design == "survival" and study.share is None:
        found.append(
            (
                Text(sv="andelen med händelsen saknas.", en="the share with the event is missing."),
                Text(
                    sv='Skriv den utan arbetssättet: "--share 0.3".', en='Write it without the practice: "--share 0.3".'
                ),
            )
        )
    if study.design in OVER_TIME and study.periods is None:
        found.append(
            (
                Text(sv="antalet perioder saknas.", en="the number of periods is missing."),
                Text(sv='Skriv "--periods 12".', en='Write "--periods 12".'),
            )
        )
    if study.design == "interrupted_time_series" and study.n is not None and study.n < LEAST_PERIODS:
        found.append(
            (
                Text(sv="färre än åtta perioder.", en="fewer than eight periods."),
                Text(sv="Minst fyra behövs före och fyra efter.", en="At least four are needed before and four after."),
            )
        )
    if study.share is not None and study.effect is not None and not 0 <= study.share + study.effect <= 1:
        found.append(
            (
                Text(
                    sv="andelen {s} med effekten {e} är ingen andel.", en="the share {s} with effect {e} is none."
                ).fill(s=f"{study.share:g}", e=f"{study.effect:g}"),
                Text(sv='Skriv en mindre effekt, som "-0.1".', en='Write a smaller effect, such as "-0.1".'),
            )
        )
    return found

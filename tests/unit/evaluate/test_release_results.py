"""A finding as it leaves: only estimates about many, with every reason why one may not."""

import json

import pytest

from genklang import evaluate
from genklang.evaluate.findings import Finding
from genklang.evaluate.multiplicity import together
from genklang.evaluate.problems import EvaluationError
from genklang.evaluate.release import Ledger, Released, release_finding


def trial(arrested: tuple[int, int], n: tuple[int, int]) -> Finding:
    """Two arms with so many of so many."""
    rows = {"arm": [], "outcome": []}  # type: dict[str, list[object]]
    for arm, yes, all_ in zip(("aid", "none"), arrested, n, strict=True):
        rows["arm"] += [arm] * all_
        rows["outcome"] += [True] * yes + [False] * (all_ - yes)
    return evaluate.evaluate_table(
        rows, design="randomised", outcome="outcome", treatment="arm", control="none", treated="aid", better="lower"
    )


def released(arrested: tuple[int, int] = (22, 30), n: tuple[int, int] = (100, 100)) -> Released:
    return release_finding(trial(arrested, n), outcome="arrested", locked=True)


def test_what_leaves_is_the_estimate_and_the_arms() -> None:
    one = released()
    assert one.value == pytest.approx(-0.08)
    assert one.people == 200
    assert {group.name.en: (group.n, group.value) for group in one.groups} == {
        "“aid”": (100, 0.22),
        "“none”": (100, 0.3),
    }
    assert one.standard_error == pytest.approx((0.22 * 0.78 / 100 + 0.3 * 0.7 / 100) ** 0.5)
    assert not one.from_interval
    assert Released.of_dict(json.loads(json.dumps(one.as_dict()))) == one


def test_the_verdict_that_leaves_is_the_one_that_stands_among_several() -> None:
    alone = trial((28, 44), (100, 100))
    (first, *_rest) = together([alone, *[trial((30, 30), (100, 100))] * 3])
    assert first.fell
    one = release_finding(alone, outcome="arrested", locked=True, adjusted=first)
    assert (one.verdict, one.alone) == (first.verdict.value, "better")
    assert Released.of_dict(json.loads(json.dumps(one.as_dict()))) == one


def test_those_in_arms_that_are_not_compared_are_not_lost() -> None:
    rows = {"arm": ["a", "b", "usual"] * 20, "x": [float(number % 7) for number in range(60)]}
    finding = evaluate.evaluate_table(
        rows, design="randomised", outcome="x", treatment="arm", control="usual", treated="a", draws=199
    )
    assert release_finding(finding, outcome="x", locked=True).attrition == 0


def test_one_judged_alone_is_released_as_before() -> None:
    assert "alone" not in released().as_dict()
    assert Released.of_dict(released().as_dict()).alone is None


@pytest.mark.parametrize(
    ("arrested", "n", "why"),
    [
        ((2, 30), (100, 100), "fewer than 5 with an outcome"),
        ((98, 30), (100, 100), "fewer than 5 with an outcome"),
        ((0, 30), (100, 100), "the same outcome"),
    ],
)
def test_a_small_cell_stays_and_its_count_is_not_told(arrested: tuple[int, int], n: tuple[int, int], why: str) -> None:
    with pytest.raises(EvaluationError) as error:
        released(arrested, n)
    told = "\n".join(error.value.messages("en"))
    assert why in told
    assert " 2 " not in told
    assert error.value.messages("sv") != error.value.messages("en")


def test_two_releases_that_differ_by_few_people_tell_of_them() -> None:
    first = released().entry(adoption="a", at="2026-01-01")
    one_more = released((23, 30), (101, 100)).entry(adoption="a", at="2026-02-01")
    many_more = released((40, 60), (200, 200)).entry(adoption="a", at="2026-02-01")
    ledger = Ledger().after(first)
    with pytest.raises(EvaluationError, match="fewer than 5 people differ"):
        ledger.after(one_more)
    assert len(ledger.after(many_more).entries) == 2


def test_one_group_is_pooled_by_its_distance_from_the_target() -> None:
    table = {"score": [float(value) for value in (7, 8, 9, 6, 8, 7, 9, 8, 7, 8, 6, 9)]}
    finding = evaluate.evaluate_table(table, design="one_group", outcome="score", target=6.0, better="higher")
    one = release_finding(finding, outcome="score", target=6.0, locked=False)
    assert one.difference == pytest.approx(sum(table["score"]) / 12 - 6)
    assert not one.as_planned
    assert release_finding(finding, outcome="score", locked=True).difference is None

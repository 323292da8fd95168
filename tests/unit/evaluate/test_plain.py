"""Sentences and reports, made from the numbers, in both languages."""

import re
import subprocess
import sys
from typing import Any

import pytest
from lifelines.datasets import load_rossi

from genklang.evaluate import Costs, Finding, break_even, evaluate_table
from genklang.evaluate.designs import BUILDERS
from genklang.evaluate.report import report
from genklang.evaluate.texts import LANGUAGES, Text, decimals_for, number


def example(design: str) -> Finding:
    """A small finding of each design."""
    rossi: dict[str, Any] = {"treatment": "fin", "better": "lower", "control": 0}
    count = [5, 7, 6, 8, 7, 9, 8, 10, 4, 5, 4, 6, 5, 6, 4, 5]
    match design:
        case "randomised":
            return evaluate_table(load_rossi(), design=design, outcome="arrest", subgroups=["race"], **rossi)
        case "cluster_randomised":
            table: dict[str, Any] = {"y": count, "t": [0, 1] * 8, "c": [0, 1, 2, 3] * 4}
            return evaluate_table(table, design=design, outcome="y", treatment="t", cluster="c", better="lower")
        case "difference_in_differences":
            table = {"y": [c + (c % 3) * (i > 1) for c in count for i in range(3)], "t": [1, 2, 3] * 16}
            table |= {"g": [i // 3 for i in range(48)], "f": [3 if i < 24 else 0 for i in range(48)]}
            return evaluate_table(table, design=design, outcome="y", time="t", group="g", first="f", better="lower")
        case "synthetic_control":
            table = {"y": [c * (1 + g % 5) + (g * i) % 7 for g in range(25) for i, c in enumerate(count)]}
            table |= {"t": list(range(16)) * 25, "g": [g for g in range(25) for _ in count]}
            return evaluate_table(table, design=design, outcome="y", time="t", group="g", treated=3, start=10)
        case "cost_effectiveness":
            table = {"y": count, "t": [0, 1] * 8, "c": [100 * c + 7 * i for i, c in enumerate(count)]}
            options: dict[str, Any] = {"cost": "c", "willingness": 300, "better": "higher"}
            return evaluate_table(table, design=design, outcome="y", treatment="t", **options)
        case "stepped_wedge":
            table = {"y": [c + (g * i) % 3 - (i > g // 2) for g, c in enumerate(count) for i in range(9)]}
            table |= {"t": list(range(9)) * 16, "g": [g for g in range(16) for _ in range(9)]}
            table |= {"x": [int(i > g // 2) for g in range(16) for i in range(9)]}
            return evaluate_table(table, design=design, outcome="y", time="t", group="g", treatment="x")
        case "survey":
            answers = [1, 0, None, 1, 1, 0, 1, 1, 0, None] * 8
            table = {"y": answers, "s": [0, 1] * 40, "n": [500, 900] * 40}
            return evaluate_table(table, design=design, outcome="y", strata="s", population="n")
        case "survival":
            return evaluate_table(load_rossi(), design=design, time="week", event="arrest", **rossi)
        case "one_group":
            return evaluate_table({"y": [1] * 90 + [0] * 10}, design=design, outcome="y", target=0.8, better="higher")
        case "before_after":
            return evaluate_table({"a": [1, 2, 3, 4], "b": [3, 3, 5, 7]}, design=design, before="a", outcome="b")
        case "interrupted_time_series":
            table = {"t": list(range(16)), "y": count}
            return evaluate_table(table, design=design, time="t", outcome="y", start=8, better="lower")
    return break_even(Costs(upfront=1e5, running=9000, saving=290, units=100, saving_low=250, saving_high=330))


DESIGNS = [*BUILDERS, "break_even"]


def test_the_trial_in_swedish() -> None:
    who, seen, meaning = example("randomised").plain("sv")
    assert who == (
        "432 personer lottades, 216 till gruppen med insatsen och 216 till jämförelsegruppen, "
        "och alla kunde följas upp."
    )
    assert seen == (
        "Av 100 i gruppen med insatsen hade 22,2 ”arrest”, mot 30,6 av 100 i jämförelsegruppen; det är 8,3 färre "
        "av 100 (95 procents osäkerhetsintervall: mellan 0,02 och 16,5 färre)."
    )
    assert meaning.startswith("Ingen skillnad kan visas")


def test_the_trial_in_english() -> None:
    _, seen, meaning = example("randomised").plain("en")
    assert "that is 8.3 fewer per 100 (95 percent interval: between 0.02 and 16.5 fewer)" in seen
    assert meaning.endswith("the two tried give different answers.")


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_design_has_three_sentences_without_holes(design: str, language: Any) -> None:
    sentences = example(design).plain(language)
    assert len(sentences) == 3
    for sentence in sentences:
        assert sentence.endswith(".")
        assert not re.search(r"[{}]|\b(None|nan|inf)\b", sentence)


@pytest.mark.parametrize("design", DESIGNS)
def test_the_two_languages_hold_the_same_numbers(design: str) -> None:
    finding = example(design)

    def digits(sentence: str) -> list[str]:
        return sorted("".join(each if each.isdigit() else " " for each in sentence).split())

    for sv, en in zip(finding.plain("sv"), finding.plain("en"), strict=True):
        assert digits(sv.replace("\u00a0", "")) == digits(en.replace(",", ""))


@pytest.mark.parametrize("design", DESIGNS)
def test_every_text_of_a_finding_is_in_both_languages(design: str) -> None:
    finding = example(design)
    texts = [finding.question, *finding.assumptions, *(flag.text for flag in finding.flags)]
    texts += [estimate.method.name for estimate in finding.estimates]
    for text in texts:
        assert text.sv.strip()
        assert text.en.strip()
    assert all(flag.text.sv != flag.text.en for flag in finding.flags)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_begin_with_the_sentences_and_end_with_what_to_bear_in_mind(design: str, language: Any) -> None:
    finding = example(design)
    text = report(finding, language)
    assert text.startswith(finding.plain(language)[0])
    assert finding.estimate.method.source in text
    assert all(flag.text.say(language) in text for flag in finding.flags)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert number(-1234.5, "sv", decimals=1) == "−1\u00a0234,5"
    assert number(-1234.5, "en", decimals=1) == "−1,234.5"
    assert number(-0.04, "sv", decimals=1) == "0,0"
    assert [decimals_for(spread) for spread in (250, 12, 1.2, 0.03, 0, float("nan"))] == [0, 0, 1, 3, 1, 1]


def test_braces_in_labels_are_left_alone() -> None:
    assert Text(sv="{x}!", en="{x}?").fill(x="{y}") == Text(sv="{y}!", en="{y}?")


def test_importing_costs_next_to_nothing() -> None:
    """Not even numpy is loaded before a name is used."""
    heavy = {"numpy", "scipy", "pandas", "statsmodels"}
    code = f"import sys, genklang.evaluate; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_every_public_name_is_there() -> None:
    import genklang.evaluate

    for name in genklang.evaluate.__all__:
        assert getattr(genklang.evaluate, name).__name__ == name
    with pytest.raises(AttributeError):
        getattr(genklang.evaluate, "nothing" + "_of_the_kind")

"""Every mistake in tables, proposals and boards is told in exactly these words, at its place."""

from pathlib import Path

import pytest

from genklang.protocol.reading import ProtocolErrors, read_protocol

PRACTICE = Path(__file__).parents[3] / "practices" / "vaxjo-vaxjoloftet" / "protocol.yaml"
WRITTEN = PRACTICE.read_text(encoding="utf-8")
FIRST = "{from: 2025-01-01, until: 2025-12-31, source: &norm_2025"
ADULTS = "rows: [{adults: single, amount: 3910}, {adults: couple, amount: 7050}]"
MISTAKES = [
    (
        "a column that is not there",
        "lookup('adult_norm', 'amount', adults)",
        "lookup('adult_norm', 'sum', adults)",
        ['"\'sum\'" is no column of adult_norm. Write "amount".'],
    ),
    (
        "a table that is not there",
        "lookup('adult_norm', 'amount', adults)",
        "lookup('norm', 'amount', adults)",
        ['"\'norm\'" is no table. Write "adult_norm", "child_norm" or "shared_norm".'],
    ),
    (
        "a key of the wrong kind",
        "lookup('adult_norm', 'amount', adults)",
        "lookup('adult_norm', 'amount', income)",
        ['"income" is number, where the table\'s key is text. Write a text or a choice.'],
    ),
    (
        "a list where one number is wanted",
        "lookup('adult_norm', 'amount', adults)",
        "lookup('shared_norm', 'amount', ages_lunch_out)",
        ['"ages_lunch_out" is numbers, where the table\'s key is number. Write a number.'],
    ),
    (
        "an answer without a row",
        ADULTS,
        "rows: [{adults: single, amount: 3910}]",
        ['"adults" may be couple, for which the table has no row. Add the row.'],
    ),
    (
        "the same key twice",
        ADULTS,
        "rows: [{adults: single, amount: 3910}, {adults: couple, amount: 7050}, {adults: single, amount: 1}]",
        ['"single" has a row already. Keep one of them.'],
    ),
    (
        "words where a figure is wanted",
        ADULTS,
        "rows: [{adults: single, amount: mycket}, {adults: couple, amount: 7050}]",
        ['"mycket" is no number. Write for example 3910.'],
    ),
    (
        "rows in disorder",
        "{age: 3, lunch_home: 2700, lunch_out: 2480}",
        "{age: 0.5, lunch_home: 2700, lunch_out: 2480}",
        ["The rows are not in rising order. Write the lowest number first."],
    ),
    (
        "a row without its key",
        "{age: 3, lunch_home: 2700, lunch_out: 2480}",
        "{lunch_home: 2700, lunch_out: 2480}",
        ["The row has no age. Write age: …, which it is looked up by."],
    ),
    (
        "editions that overlap",
        FIRST,
        FIRST.replace("2025-12-31", "2026-03-01"),
        [
            "Two editions hold on 2026-01-01: the one before is written until 2026-03-01. "
            "Write until: 2025-12-31 there, or leave it out."
        ],
    ),
    (
        "a day that never comes",
        FIRST,
        FIRST.replace("2025-12-31", "2025-02-30"),
        ['"2025-02-30" is no day of the calendar. Write for example 2026-01-01.'],
    ),
    (
        "an edition that ends before it begins",
        FIRST,
        FIRST.replace("2025-12-31", "2024-12-31"),
        ["It ends (2024-12-31) before it begins (2025-01-01). Write the last day, or leave it out."],
    ),
    (
        "a figure looked up in a condition",
        "when: participant = 'household'\n    during: [new, on",
        "when: lookup('adult_norm', 'amount', adults) > 0\n    during: [new, on",
        [
            "lookup looks up in a dated table, which only the lines of a proposal do. "
            "Write it in a proposal, under lines, or write the figure itself."
        ],
    ),
    (
        "a line that names a later one",
        "value: adults_costs + children_home",
        "value: assistance + children_home",
        None,
    ),
    (
        "an answer in a field of words",
        "    into: amount\n",
        "    into: reason\n",
        [
            '"reason" is text, where number is wanted. Write type: number for it, or name another field.',
            'Nothing says what simulated people answer in "amount" of decided. '
            'Add it under fields, for example amount: "normal(10, 2)".',
        ],
    ),
    (
        "a tile with two sources",
        "en: Plans to make, open: plan}",
        "en: Plans to make, open: plan, stages: new}",
        [
            'It shows "stages" and "open" at once. '
            'Write exactly one of "indicator", "stages", "place", "queue" or "open".'
        ],
    ),
    (
        "a tile of nothing known",
        "en: Plans to make, open: plan}",
        "en: Plans to make, open: plans}",
        ['"plans" is no expectation. Did you mean "plan"?'],
    ),
]


@pytest.mark.parametrize(("instead", "written", "says"), [pytest.param(*one, id=name) for name, *one in MISTAKES])
def test_the_mistake_is_told(instead: str, written: str, says: list[str] | None) -> None:
    assert instead in WRITTEN
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(WRITTEN.replace(instead, written, 1), file="protocol.yaml")
    told = [f"{problem.what}. {problem.instead}" for problem in raised.value.problems]
    if says is None:
        assert len(told) == 1 and "is not known here" in told[0]
    else:
        assert told == says


def test_a_proposal_that_nobody_is_told_of() -> None:
    start = WRITTEN.index("  decision:\n    sv: Besked")
    end = WRITTEN.index("  plan:\n    sv: En plan")
    lost = WRITTEN[:start] + WRITTEN[end:]
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(lost, file="protocol.yaml")
    assert any("nobody is told that the proposal waits" in problem.what for problem in raised.value.problems)

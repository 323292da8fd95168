"""What may leave a municipality: by itself, and beside what left before."""

from itertools import product

import numpy as np
import pytest

from genklang.evaluate import EvaluationError
from genklang.evaluate.arrays import Floats
from genklang.evaluate.pooling import Histogram, pooled_regression
from genklang.evaluate.release import (
    Ledger,
    Rules,
    check_histograms,
    entry_of_histograms,
    entry_of_products,
    release_products,
    suppress,
)


def arms(treated: tuple[int, ...], control: tuple[int, ...], stratum: str = "65–75") -> list[Histogram]:
    return [Histogram(stratum=stratum, values=(0.0, 1.0), treated=treated, control=control)]


def refusal(treated: tuple[int, ...], control: tuple[int, ...]) -> str:
    with pytest.raises(EvaluationError) as refused:
        check_histograms(arms(treated, control))
    return str(refused.value)


class TestOneRelease:
    def test_enough_in_every_cell_may_leave(self) -> None:
        check_histograms(arms((20, 5), (7, 9)))

    @pytest.mark.parametrize(
        ("treated", "control", "told"),
        [
            ((20, 4), (7, 9), "value 1 in arm 1 has fewer than 5"),
            ((20, 6), (0, 3), "arm 0 has fewer than 5"),
            ((20, 6), (0, 12), "everybody in arm 0 has the same outcome"),
        ],
    )
    def test_too_few_may_not(self, treated: tuple[int, ...], control: tuple[int, ...], told: str) -> None:
        assert told in refusal(treated, control)

    def test_the_refusal_does_not_tell_the_count(self) -> None:
        assert "4 people" not in refusal((20, 4), (7, 9))


class TestSuppression:
    def limits(self, shown: list[list[int | None]], rows: list[int], columns: list[int]) -> list[set[int]]:
        """Each hidden cell's possible values, by trying all whole numbers."""
        places = [(i, j) for i, row in enumerate(shown) for j, count in enumerate(row) if count is None]
        top = [min(rows[i], columns[j]) for i, j in places]
        possible: list[set[int]] = [set() for _ in places]
        for values in product(*(range(most + 1) for most in top)):
            table = [[0 if count is None else count for count in row] for row in shown]
            for (i, j), value in zip(places, values, strict=True):
                table[i][j] = value
            if [sum(row) for row in table] == rows and [sum(column) for column in zip(*table, strict=True)] == columns:
                for found, value in zip(possible, values, strict=True):
                    found.add(value)
        return possible

    def test_totals_do_not_tell_what_is_hidden(self) -> None:
        table = [[3, 12, 9], [8, 11, 7], [10, 6, 14]]
        safe = suppress(table)
        assert safe.counts[0][0] is None
        for values in self.limits([list(row) for row in safe.counts], list(safe.row_totals), list(safe.column_totals)):
            assert max(values) - min(values) >= 5

    def test_nothing_is_hidden_without_need(self) -> None:
        assert suppress([[5, 0], [9, 12]]).hidden == 0

    @pytest.mark.parametrize("seed", range(6))
    def test_any_table_is_safe_or_refused(self, seed: int) -> None:
        table = np.random.default_rng(seed).integers(0, 14, (3, 3))
        try:
            safe = suppress(table)
        except EvaluationError:
            return
        shown = [list(row) for row in safe.counts]
        if safe.hidden <= 4:  # more would take long to try
            for values, (i, j) in zip(
                self.limits(shown, list(safe.row_totals), list(safe.column_totals)),
                [(i, j) for i in range(3) for j in range(3) if shown[i][j] is None],
                strict=True,
            ):
                assert not 0 < table[i][j] < 5 or max(values) - min(values) >= 4

    def test_a_total_that_is_too_small_is_refused(self) -> None:
        with pytest.raises(EvaluationError, match="row 1"):
            suppress([[1, 2], [30, 40]])


class TestProducts:
    def people(self, n: int, treated: int) -> tuple[Floats, Floats]:
        random = np.random.default_rng(n)
        x = np.column_stack([np.arange(n) < treated, random.normal(size=n)]).astype(np.float64)
        return x, random.normal(size=n)

    def test_enough_people_may_leave_and_can_be_pooled(self) -> None:
        parts = []
        for cluster in ("Umeå", "Laholm"):
            x, y = self.people(60 if cluster == "Umeå" else 44, 20)
            parts.append(release_products(cluster=cluster, names=("treated", "age"), columns=x, outcome=y))
        assert pooled_regression(parts).n == 104

    @pytest.mark.parametrize(
        ("n", "treated", "told"), [(8, 4, "too many"), (60, 3, "fewer than 5"), (60, 57, "fewer than 5")]
    )
    def test_too_few_may_not(self, n: int, treated: int, told: str) -> None:
        x, y = self.people(n, treated)
        with pytest.raises(EvaluationError, match=told):
            release_products(cluster="Umeå", names=("treated", "age"), columns=x, outcome=y)

    def test_a_group_with_one_and_the_same_outcome_may_not(self) -> None:
        x, _ = self.people(60, 30)
        y = np.where(x[:, 0] == 1, 1.0, np.arange(60) % 2)
        with pytest.raises(EvaluationError, match="the same outcome"):
            release_products(cluster="Umeå", names=("treated", "age"), columns=x, outcome=y)


class TestDifferencing:
    def test_two_releases_a_few_people_apart_are_refused(self) -> None:
        ledger = Ledger().after(entry_of_histograms(arms((20, 5), (7, 9)), adoption="Umeå", outcome="hem", at="1 maj"))
        later = entry_of_histograms(arms((20, 7), (7, 9)), adoption="Umeå", outcome="hem", at="1 juni")
        with pytest.raises(EvaluationError) as refused:
            ledger.after(later)
        assert "65–75/1/1" in str(refused.value)
        assert len(ledger.entries) == 1

    def test_enough_people_apart_may_leave(self) -> None:
        first = entry_of_histograms(arms((20, 5), (7, 9)), adoption="Umeå", outcome="hem", at="1 maj")
        later = entry_of_histograms(arms((26, 10), (7, 14)), adoption="Umeå", outcome="hem", at="1 juni")
        assert [entry.at for entry in Ledger().after(first).after(later).entries] == ["1 maj", "1 juni"]

    def test_every_earlier_release_counts(self) -> None:
        ledger = Ledger()
        for at, treated in (("1", (20, 5)), ("2", (26, 10))):
            entry = entry_of_histograms(arms(treated, (7, 9)), adoption="Umeå", outcome="hem", at=at)
            ledger = ledger.after(entry)
        back = entry_of_histograms(arms((22, 5), (7, 9)), adoption="Umeå", outcome="hem", at="3")
        with pytest.raises(EvaluationError, match="the one of 1"):
            ledger.after(back)

    def test_other_municipalities_and_outcomes_are_no_difference(self) -> None:
        entry = entry_of_histograms(arms((20, 5), (7, 9)), adoption="Umeå", outcome="hem", at="1")
        other = entry_of_histograms(arms((21, 5), (7, 9)), adoption="Laholm", outcome="hem", at="1")
        assert len(Ledger().after(entry).after(other).entries) == 2

    def test_sums_of_products_a_few_parameters_apart_are_refused(self) -> None:
        random = np.random.default_rng(1)
        entries = []
        for n in (60, 66):
            x = np.column_stack([np.arange(n) % 2, random.normal(size=n), random.normal(size=n)])
            part = release_products(cluster="Umeå", names=("t", "a", "b"), columns=x, outcome=random.normal(size=n))
            entries.append(entry_of_products(part, outcome="hem", at=str(n)))
        assert dict(entries[0].counts) == {"t": 30}
        with pytest.raises(EvaluationError, match="4 parameters"):
            Ledger().after(entries[0]).after(entries[1])

    def test_the_same_release_again_has_the_same_digest_and_may_leave(self) -> None:
        first, again = (
            entry_of_histograms(arms((20, 5), (7, 9)), adoption="Umeå", outcome="hem", at=at) for at in ("1", "2")
        )
        assert first.digest == again.digest
        assert len(Ledger().after(first).after(again).entries) == 2


def test_rules_may_be_stricter() -> None:
    with pytest.raises(EvaluationError):
        check_histograms(arms((20, 9), (12, 9)), Rules(minimum_n=20, minimum_cell=10))

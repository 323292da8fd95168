"""The proposals behind lines of the worklist: what is proposed, and the way to decide."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from genklang.operate.models import Due, Enrolment, Task
from genklang.operate.pages.choosing import anchor_of
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.sums import Shown, sums_of
from genklang.operate.pages.words import Words

Row = Mapping[str, Any]
TASK = 0


def proposals_behind(
    rows: Sequence[Row], enrolments: Mapping[object, Enrolment]
) -> dict[tuple[int, int], tuple[str, str]]:
    """For the rows that wait for somebody to decide a proposal, by (group, row): it in words, and where to decide."""
    waiting = [row for row in rows if _decides(words_of(enrolments[row["who"]]), row["what"])]
    anchors = _anchors(waiting)
    shown: dict[object, list[Shown]] = {}
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for row in waiting:
        enrolment = enrolments[row["who"]]
        if row["who"] not in shown:
            shown[row["who"]] = sums_of(enrolment, roles=frozenset(words_of(enrolment).protocol.roles))
        place = (row["group"], row["row"])
        for sum in shown[row["who"]]:
            if sum.key == anchors.get(place) and sum.decide:
                found[place] = (sum.answer or " ".join(sum.stopped), sum.decide)
    return found


def _decides(words: Words, expectation: str) -> bool:
    expected = words.protocol.expectations.get(expectation)
    deciding = {proposal.decided_by for proposal in words.protocol.proposals.values()}
    return bool(expected and deciding.intersection(expected.expect))


def _anchors(rows: Sequence[Row]) -> dict[tuple[int, int], str]:
    """The key of the event that each row began with."""
    groups: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        groups[row["group"]].append(row["row"])
    found: dict[tuple[int, int], str] = {}
    for group, keys in groups.items():
        model = Task if group == TASK else Due
        for key, due in model.objects.filter(pk__in=keys).values_list("pk", "due"):
            found[group, key] = anchor_of(due)
    return found

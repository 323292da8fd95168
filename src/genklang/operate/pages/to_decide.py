"""The proposals behind lines of the worklist: what is proposed, and the way to decide."""

from collections.abc import Mapping, Sequence
from typing import Any

from genklang.operate.models import Enrolment
from genklang.operate.pages.choosing import anchor_of
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.sums import Shown, sums_of
from genklang.operate.pages.words import Words

Row = Mapping[str, Any]


def proposals_behind(
    rows: Sequence[Row], enrolments: Mapping[object, Enrolment]
) -> dict[tuple[int, int], tuple[str, str]]:
    """For the rows that wait for somebody to decide a proposal, by (group, row): it in words, and where to decide."""
    waiting = [row for row in rows if _decides(words_of(enrolments[row["who"]]), row["what"])]
    shown: dict[object, list[Shown]] = {}
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for row in waiting:
        enrolment = enrolments[row["who"]]
        if row["who"] not in shown:
            shown[row["who"]] = sums_of(enrolment, roles=frozenset(words_of(enrolment).protocol.roles))
        place = (row["group"], row["row"])
        for sum in shown[row["who"]]:
            if sum.key == anchor_of(row["what"]) and sum.decide:
                found[place] = (sum.answer or " ".join(sum.stopped), sum.decide)
    return found


def _decides(words: Words, due: str) -> bool:
    expected = words.protocol.expectations.get(due.partition("/")[0])
    deciding = {proposal.decided_by for proposal in words.protocol.proposals.values()}
    return bool(expected and deciding.intersection(expected.expect))

"""The proposals behind lines of the worklist: what is proposed, and the way to decide."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from genklang.operate.models import Enrolment
from genklang.operate.pages.choosing import anchor_of
from genklang.operate.pages.sums import Shown, sums_of
from genklang.operate.pages.words import Words

Row = Mapping[str, Any]


def proposals_behind(rows: Sequence[Row], words: Callable[[int], Words]) -> dict[tuple[int, int], tuple[str, str]]:
    """For the rows that wait for somebody to decide a proposal, by (group, row): it in words, and where to decide.

    `words` are those that an enrolment, by its number, is told with.
    """
    waiting = [row for row in rows if _decides(words(row["who"]), row["what"])]
    if not waiting:
        return {}
    enrolments = Enrolment.objects.with_protocol().in_bulk({row["who"] for row in waiting})
    shown: dict[object, list[Shown]] = {}
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for row in waiting:
        if row["who"] not in shown:
            roles = frozenset(words(row["who"]).protocol.roles)
            shown[row["who"]] = sums_of(enrolments[row["who"]], roles=roles)
        place = (row["group"], row["row"])
        for sum in shown[row["who"]]:
            if sum.key == anchor_of(row["what"]) and sum.decide:
                found[place] = (sum.answer or " ".join(sum.stopped), sum.decide)
    return found


def _decides(words: Words, due: str) -> bool:
    expected = words.protocol.expectations.get(due.partition("/")[0])
    deciding = {proposal.decided_by for proposal in words.protocol.proposals.values()}
    return bool(expected and deciding.intersection(expected.expect))

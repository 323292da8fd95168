"""Which arm is which: the two arms to be compared, read from the treatment column, and the strata of each person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Bools, Ints
from genklang.evaluate.columns import categories, is_missing, label_in, yes_no
from genklang.evaluate.findings import Loss
from genklang.evaluate.problems import Problems
from genklang.evaluate.request import Request
from genklang.evaluate.texts import Text

_CONTROL_WORDS = frozenset(
    {"0", "control", "controls", "comparison", "usual", "standard", "placebo", "none", "no", "false"}
    | {"kontroll", "kontrollgrupp", "kontroller", "jämförelse", "jämförelsegrupp", "vanlig", "ordinarie", "ingen"}
    | {"nej", "falskt"}
)
_LABELS = {
    True: Text(sv="jämförelsegruppen", en="the comparison group"),
    False: Text(sv="gruppen med insatsen", en="the group with the practice"),
}

_GIVEN = {
    True: Text(sv="fick inte insatsen", en="did not get the practice"),
    False: Text(sv="fick insatsen", en="got the practice"),
}


LEAVE_OUT = Text(
    sv='Fyll i värdet, eller lämna sådana rader utanför och räkna dem: missing_treatment="leave_out" '
    "(--missing-treatment leave_out).",
    en='Fill in the value, or leave such rows out and count them: missing_treatment="leave_out" '
    "(--missing-treatment leave_out).",
)


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """The two arms by name, and who is in each; people in neither were given something else."""

    control: str
    treated: str
    is_control: Bools
    is_treated: Bools
    others: tuple[tuple[str, int], ...]
    is_guess: bool

    @property
    def compared(self) -> Bools:
        return self.is_control | self.is_treated

    def label(self, *, is_control: bool) -> Text:
        """The arm's name in a sentence: words for 0 and 1, otherwise the data's own word in quotes."""
        name = self.control if is_control else self.treated
        is_coded = {self.control, self.treated} == {"0", "1"}
        return _LABELS[is_control] if is_coded else Text(sv=f"”{name}”", en=f"“{name}”")

    def crossed(self, received: list[str | None] | None, belongs: Bools, *, is_control: bool) -> tuple[Loss, ...]:
        """Those of one arm who in fact got another thing than the lot gave, by what they got."""
        if received is None:
            return ()
        got = [received[row] for row in np.flatnonzero(belongs)]
        own = self.control if is_control else self.treated
        others = sorted({label for label in got if label is not None and label != own})
        return tuple(Loss(reason=self.told(label), n=got.count(label)) for label in others)

    def told(self, name: str) -> Text:
        """What somebody got, in words."""
        if {self.control, self.treated} == {"0", "1"}:
            return _GIVEN[name == self.control]
        return Text(sv=f"fick ”{name}”", en=f"got “{name}”")


def allocation(request: Request, problems: Problems) -> Allocation | None:
    """Reads the treatment column; None, with problems added, when two arms cannot be told."""
    column = request.treatment or ""
    labels = categories(column, request.columns[column], problems, may_miss=False, most=12, instead=LEAVE_OUT)
    names = sorted({label for label in labels if label is not None})
    if problems.found or not _check_names(names, request, problems):
        return None
    control, is_guess = _control(names, request)
    treated = request.treated or next(name for name in names if name != control)
    given = np.array(labels)
    others = tuple((name, int((given == name).sum())) for name in names if name not in (control, treated))
    return Allocation(
        control=control,
        treated=treated,
        is_control=given == control,
        is_treated=given == treated,
        others=others,
        is_guess=is_guess,
    )


def arms_to_compare(cells: Sequence[object], control: str | None) -> tuple[str, list[str]] | None:
    """The control, named or plain by its word, and every other arm; None where there are no more than two, or where the
    control would have to be guessed."""
    names = sorted({label_in(cell) for cell in cells if not is_missing(cell)})
    chosen = control or next((name for name in names if name.casefold() in _CONTROL_WORDS), None)
    if len(names) < 3 or chosen not in names:
        return None
    return chosen, [name for name in names if name != chosen]


def _control(names: list[str], request: Request) -> tuple[str, bool]:
    if request.control is not None:
        return request.control, False
    usual = [name for name in names if name.casefold() in _CONTROL_WORDS and name != request.treated]
    if usual:
        return usual[0], False
    return next(name for name in names if name != request.treated), True


def _check_names(names: list[str], request: Request, problems: Problems) -> bool:
    column, found = request.treatment, ", ".join(f'"{name}"' for name in names)
    choose = Text(sv="Välj bland: {found}.", en="Choose among: {found}.").fill(found=found)
    before = len(problems.found)
    if len(names) < 2:
        problems.add(
            Text(sv="alla är i samma arm ({found}).", en="everybody is in the same arm ({found}).").fill(found=found),
            Text(sv="Ta med dem som lottades till jämförelsen.", en="Include those assigned to the comparison."),
            column=column,
        )
    for name in (request.control, request.treated):
        if name is not None and name not in names:
            wrong = Text(sv='armen "{name}" finns inte.', en='there is no arm "{name}".')
            problems.add(wrong.fill(name=name), choose, column=column)
    if request.control is not None and request.control == request.treated:
        problems.add(Text(sv="båda armarna är samma.", en="both arms are the same."), choose, column=column)
    if len(names) > 2 and request.treated is None:
        problems.add(
            Text(sv="{n} armar: {found}.", en="{n} arms: {found}.").fill(n=len(names), found=found),
            Text(
                sv='Namnge de två som ska jämföras, till exempel control="{a}", treated="{b}" (--control, --treated), '
                "eller bara control, och jämför alla med evaluate_arms.",
                en='Name the two to compare, for example control="{a}", treated="{b}" (--control, --treated), or '
                "control alone, and compare them all by evaluate_arms.",
            ).fill(a=names[0], b=names[1]),
            column=column,
        )
    return len(problems.found) == before


def received(request: Request, arms: Allocation | None, problems: Problems) -> list[str | None] | None:
    """What each in fact got, by the arms' names; yes and no stand for the two. None where nobody has said."""
    if request.received is None or arms is None:
        return None
    cells = request.columns[request.received]
    labels = categories(request.received, cells, problems, may_miss=True, most=12)
    if not {label for label in labels if label is not None} <= {arms.control, arms.treated, *dict(arms.others)}:
        given = [None if label is None else yes_no(cell) for cell, label in zip(cells, labels, strict=True)]
        if all((value is None) == (label is None) for value, label in zip(given, labels, strict=True)):
            return [None if value is None else arms.treated if value else arms.control for value in given]
    return labels


def strata(request: Request, problems: Problems) -> Ints | None:
    """Each combination of the strata columns as a number; None where there are no strata."""
    if not request.strata:
        return None
    columns = [categories(name, request.columns[name], problems, may_miss=False) for name in request.strata]
    codes: dict[tuple[str | None, ...], int] = {}
    return np.array([codes.setdefault(combination, len(codes)) for combination in zip(*columns, strict=True)])

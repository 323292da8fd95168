"""Checks of what is counted: indicators, the economy, and the study."""

from collections.abc import Iterable

from genklang.protocol.checks import pairs
from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.problems import listed, quoted
from genklang.protocol.scopes import ANCHORS, ENROLMENTS, PARTICIPANT, RESERVED, economy_scope, table_scope
from genklang.protocol.types import Economy, Protocol, Study

MOST_HEADLINES = 5
_FIGURES = (Type.NUMBER, Type.BOOLEAN)
_NEEDS = dict.fromkeys(("randomised", "one_group", "before_after"), "outcomes") | {"interrupted_time_series": "series"}


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with indicators, economy and study."""
    _indicators(protocol, notes)
    if protocol.economy:
        _economy(protocol.economy, notes)
    if protocol.study:
        _study(protocol.study, notes)


def _indicators(protocol: Protocol, notes: Notes) -> None:
    headlines = [name for name, indicator in protocol.indicators.items() if indicator.headline]
    for name in headlines[MOST_HEADLINES:]:
        what = f"{quoted(name)} is headline number {headlines.index(name) + 1}, and {MOST_HEADLINES} are enough"
        notes.note(("indicators", name), what, "Write headline: false for those that matter least.", key=True)
    for name, indicator in protocol.indicators.items():
        path = ("indicators", name)
        if name in RESERVED:
            what = f"{quoted(name)} is a name that quantities already know"
            notes.note(path, what, "Give the indicator another name.", written=name, key=True)
        _aggregate(path, indicator.of, indicator.value, notes)
        for number, group in enumerate(indicator.by):
            _grouping(notes.item((*path, "by"), number), group, notes)


def _aggregate(path: Path, of: str, value: str, notes: Notes) -> None:
    protocol = notes.protocol
    tables = (*protocol.expectations, *protocol.events, ENROLMENTS)
    if notes.known((*path, "of"), of, tables, kind="expectation or event"):
        notes.expression((*path, "value"), value, table_scope(protocol, of), *_FIGURES)


def _grouping(path: Path, name: str, notes: Notes) -> None:
    protocol = notes.protocol
    known = [fact for fact, declared in protocol.facts.items() if declared.type not in ("times", "numbers")]
    known += ["stage", *(["arm"] if protocol.randomise else []), *protocol.draws]
    known += [PARTICIPANT] if len(protocol.participant_roles) > 1 else []
    notes.known(path, name, known, kind="fact to show it by")


def _economy(economy: Economy, notes: Notes) -> None:
    scope = economy_scope(notes.protocol)
    for name, line in economy.lines.items():
        path = ("economy", "lines", name)
        notes.known((*path, "price"), line.price, economy.prices, kind="price")
        notes.expression((*path, "quantity"), line.quantity, scope, Type.NUMBER)
    first = next(iter(economy.prices.values())).amount.currency
    for name, price in economy.prices.items():
        if price.amount.currency != first:
            what = f"{price.amount} is another currency than the first price's ({first})"
            amount = ("economy", "prices", name, "amount")
            notes.note(amount, what, f"Write every price in {first}.", written=str(price.amount))


def _study(study: Study, notes: Notes) -> None:
    needed = _NEEDS[study.design]
    if not getattr(study, needed):
        what = f"The design {study.design} has nothing to compare"
        notes.note(("study",), what, f"Add {quoted(needed)} with at least one.", key=True)
    _arms(study, notes)
    for name, outcome in study.outcomes.items():
        path = ("study", "outcomes", name)
        if name in notes.protocol.facts or name in RESERVED | {"time"}:
            what = f"{quoted(name)} is already a column of the study"
            notes.note(path, what, "Give the outcome another name.", written=name, key=True)
        _aggregate(path, outcome.of, outcome.value, notes)
        pairs.check(study, name, outcome, notes)
    for number, group in enumerate(study.subgroups):
        _subgroup(notes.item(("study", "subgroups"), number), group, notes)
    for name, series in study.series.items():
        path = ("study", "series", name)
        _aggregate(path, series.of, series.value, notes)
        notes.known((*path, "change"), series.change, notes.protocol.events, kind="event")
    _time_to_event(study, notes)
    pairs.check_arms(study, notes)


def _arms(study: Study, notes: Notes) -> None:
    randomise = notes.protocol.randomise
    if study.design == "randomised" and randomise is None:
        what = "The design is randomised, and nobody is allocated"
        notes.note(("study", "design"), what, 'Add "randomise", or choose another design.', written=study.design)
    elif study.design == "randomised" and study.control is None:
        arms = listed(list(randomise.arms)) if randomise else ""
        notes.note(("study",), "No arm is the control", f"Write control: {arms}.", key=True)
    if study.control is not None:
        notes.known(("study", "control"), study.control, randomise.arms if randomise else (), kind="arm")


def _subgroup(path: Path, name: str, notes: Notes) -> None:
    facts = notes.protocol.facts
    if notes.known(path, name, facts, kind="fact") and facts[name].type not in ("choice", "boolean"):
        what = f"{quoted(name)} is {facts[name].type}, which makes no few groups"
        notes.note(path, what, "Name facts of type choice or boolean.", written=name)


def _time_to_event(study: Study, notes: Notes) -> None:
    if study.time_to_event is None:
        return
    path: Path = ("study", "time_to_event")
    known: Iterable[str] = (*notes.protocol.events, *sorted(ANCHORS))
    notes.known((*path, "start"), study.time_to_event.start, known, kind="event")
    notes.known((*path, "end"), study.time_to_event.end, notes.protocol.events, kind="event")
    if not study.time_to_event.horizon:
        notes.note((*path, "horizon"), "Nobody is watched for any time", 'Write for example "52 weeks".', written="0")

"""Checks of the study: that what it compares is there, and is compared as it was assigned."""

from collections.abc import Iterable

from genklang.protocol.checks import pairs
from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.measured import BY_LOT, OVER_TIME, CostEffectiveness, Design
from genklang.protocol.problems import listed, quoted
from genklang.protocol.scopes import ANCHORS, ENROLMENTS, RESERVED, table_scope
from genklang.protocol.types import Measure, Protocol, Series, Study

COLUMNS = RESERVED | {"time", "event", "cost", "group", "cluster", "population"}
_NEEDS: dict[Design, str] = {
    "survival": "time_to_event",
    **dict.fromkeys(OVER_TIME, "series"),
}
_ONLY: dict[str, tuple[Design, ...]] = {
    "subgroups": ("randomised",),
    "time_to_event": ("randomised", "survival"),
    "cost_effectiveness": ("randomised",),
    "draw": ("survey",),
    "received": BY_LOT,
    "groups": ("difference_in_differences", "synthetic_control"),
    "series": OVER_TIME,
}
_TELLS = {
    "subgroups": "subgroups compares arms drawn person by person",
    "time_to_event": "time_to_event compares arms drawn person by person",
    "cost_effectiveness": "cost_effectiveness compares arms drawn person by person",
    "draw": "draw says who is in the sample",
    "received": "received tells of each arm drawn by lot",
    "groups": "groups says whose series are compared",
    "series": "series are compared over time",
}


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with the study."""
    study = protocol.study
    if study is None:
        return
    needed = _NEEDS.get(study.design, "outcomes")
    if not getattr(study, needed):
        what = f"The design {study.design} has nothing to compare"
        more = "." if needed == "time_to_event" else " with at least one."
        notes.note(("study",), what, f"Add {quoted(needed)}{more}", key=True)
    _lot(study, notes)
    _sample(study, notes)
    _outcomes(study, notes)
    for number, group in enumerate(study.subgroups):
        _few_values(notes.item(("study", "subgroups"), number), group, notes)
    for name, series in study.series.items():
        path = ("study", "series", name)
        _aggregate(path, series, notes)
        notes.known((*path, "change"), series.change, notes.protocol.events, kind="event")
    if study.groups is not None:
        _group(("study", "groups"), study.groups, notes)
    if study.received is not None:
        notes.known(("study", "received"), study.received, notes.protocol.events, kind="event")
    _time_to_event(study, notes)
    if study.cost_effectiveness is not None:
        _cost_effectiveness(study, study.cost_effectiveness, notes)
    _only(study, notes)


def _outcomes(study: Study, notes: Notes) -> None:
    for name, outcome in study.outcomes.items():
        path = ("study", "outcomes", name)
        if name in notes.protocol.facts or name in COLUMNS:
            what = f"{quoted(name)} is already a column of the study"
            notes.note(path, what, "Give the outcome another name.", written=name, key=True)
        _aggregate(path, outcome, notes)
        pairs.check(study, name, outcome, notes)


def _aggregate(path: Path, measure: Measure | Series, notes: Notes) -> None:
    tables = (*notes.protocol.expectations, *notes.protocol.events, ENROLMENTS)
    if notes.known((*path, "of"), measure.of, tables, kind="expectation or event"):
        notes.expression((*path, "value"), measure.value, table_scope(notes.protocol, measure.of), *pairs.FIGURES)


def _lot(study: Study, notes: Notes) -> None:
    """Arms are compared as they were drawn: people where people were, clusters where clusters were."""
    randomise, path = notes.protocol.randomise, ("study", "design")
    if study.design in (*BY_LOT, "stepped_wedge") and randomise is None:
        what = f"The design is {study.design}, and nobody is allocated"
        notes.note(path, what, 'Add "randomise", or choose another design.', written=study.design)
    elif study.design in BY_LOT and study.control is None:
        arms = listed(list(randomise.arms)) if randomise else ""
        notes.note(("study",), "No arm is the control", f"Write control: {arms}.", key=True)
    if study.control is not None:
        notes.known(("study", "control"), study.control, randomise.arms if randomise else (), kind="arm")
    whole = randomise is not None and randomise.cluster is not None
    if whole and study.design in ("randomised", "survival"):
        what = f"Clusters are drawn whole, and design {study.design} would count their people as drawn one by one"
        notes.note(path, what, "Write design: cluster_randomised.", written=study.design)
    if randomise is not None and not whole and study.design == "cluster_randomised":
        what = "People are drawn one by one, and no cluster"
        instead = "Add cluster under randomise, for example cluster: team; or write design: randomised."
        notes.note(path, what, instead, written=study.design)


def _sample(study: Study, notes: Notes) -> None:
    if study.draw is not None:
        notes.known(("study", "draw"), study.draw, notes.protocol.draws, kind="draw")
    elif study.design == "survey":
        draws = notes.protocol.draws
        instead = f"Write draw: {listed(list(draws))}." if draws else 'Add "draws", and write draw: with its name.'
        notes.note(("study",), "Nobody says which draw the survey is of", instead, key=True)


def _only(study: Study, notes: Notes) -> None:
    """Note what belongs to another design."""
    for key, designs in _ONLY.items():
        if getattr(study, key) and study.design not in designs:
            what = f"{_TELLS[key]}, and design {study.design} has none"
            notes.note(("study", key), what, f"Take it away, or write design: {' or '.join(designs)}.", key=True)


def _few_values(path: Path, name: str, notes: Notes) -> None:
    facts = notes.protocol.facts
    if notes.known(path, name, facts, kind="fact") and facts[name].type not in ("choice", "boolean"):
        what = f"{quoted(name)} is {facts[name].type}, which makes no few groups"
        notes.note(path, what, "Name facts of type choice or boolean.", written=name)


def _group(path: Path, name: str, notes: Notes) -> None:
    facts = notes.protocol.facts
    if notes.known(path, name, facts, kind="fact") and facts[name].type not in ("choice", "text"):
        what = f"{quoted(name)} is {facts[name].type}, which names no group"
        notes.note(path, what, "Name a fact of type choice or text, such as the team or the school.", written=name)


def _time_to_event(study: Study, notes: Notes) -> None:
    if study.time_to_event is None:
        return
    path: Path = ("study", "time_to_event")
    known: Iterable[str] = (*notes.protocol.events, *sorted(ANCHORS))
    notes.known((*path, "start"), study.time_to_event.start, known, kind="event")
    notes.known((*path, "end"), study.time_to_event.end, notes.protocol.events, kind="event")
    if not study.time_to_event.horizon:
        notes.note((*path, "horizon"), "Nobody is watched for any time", 'Write for example "52 weeks".', written="0")


def _cost_effectiveness(study: Study, declared: CostEffectiveness, notes: Notes) -> None:
    path: Path = ("study", "cost_effectiveness")
    is_known = notes.known((*path, "outcome"), declared.outcome, study.outcomes, kind="outcome")
    if is_known and study.outcomes[declared.outcome].better is None:
        what = f"Nobody says which way {quoted(declared.outcome)} is better"
        notes.note((*path, "outcome"), what, "Write better: higher or better: lower there.", written="")
    economy = notes.protocol.economy
    prices = economy.prices if economy else {}
    for name, spending in declared.costs.items():
        _aggregate((*path, "costs", name), spending, notes)
        notes.known((*path, "costs", name, "price"), spending.price, prices, kind="price")
    notes.known((*path, "worth"), declared.worth, prices, kind="price")

"""An upgrade in words, before it is done: what changes, what becomes of own values, and of whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from genklang.bank.models import ProtocolVersion
from genklang.engine.types import CloseAlarm, CloseTask, OpenTask, RaiseAlarm, State
from genklang.operate import clock
from genklang.operate.machines import machine_of
from genklang.operate.models import Adoption, Enrolment, Upgrade
from genklang.operate.pages.paging import counted
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import Words
from genklang.operate.problems import Problem
from genklang.operate.turning import Move
from genklang.operate.upgrading import Plan
from genklang.protocol.changes import Change, Impact, differing, in_one_line
from genklang.protocol.types import Protocol
from genklang.protocol.upgrading import OwnValue
from genklang.statements import prepared

MOST_SHOWN = 50
_SECTIONS = {
    "roles": gettext_lazy("role"),
    "facts": gettext_lazy("what must be known"),
    "stages": gettext_lazy("stage"),
    "events": gettext_lazy("event"),
    "fields": gettext_lazy("question"),
    "options": gettext_lazy("answer"),
    "expectations": gettext_lazy("what is expected"),
    "indicators": gettext_lazy("indicator"),
    "prices": gettext_lazy("price"),
    "lines": gettext_lazy("line of the economy"),
    "outcomes": gettext_lazy("outcome of the study"),
    "series": gettext_lazy("series of the study"),
    "arms": gettext_lazy("arm"),
    "places": gettext_lazy("kind of place"),
    "shares": gettext_lazy("share of the places"),
    "parameters": gettext_lazy("number of the rehearsal"),
    "behaviour": gettext_lazy("how simulated people do"),
}
_TOP = {
    "title": gettext_lazy("title"),
    "summary": gettext_lazy("summary"),
    "eligible": gettext_lazy("who can take part"),
    "economy": gettext_lazy("the economy"),
    "study": gettext_lazy("the study"),
    "rehearsal": gettext_lazy("the rehearsal"),
    "randomise": gettext_lazy("how chance decides"),
}
_GROUPS: tuple[tuple[Impact, Any, Any], ...] = (
    (
        "semantic",
        gettext_lazy("Words that come to mean something else"),
        gettext_lazy(
            "Whoever takes part already stays on the version they began with, so that what has been is read as it was."
        ),
    ),
    (
        "future_only",
        gettext_lazy("What is done otherwise from now on"),
        gettext_lazy(
            "What has happened reads as before, and what has come due stands as it was told. "
            "From then on this holds for those who take part already, too."
        ),
    ),
    (
        "additive",
        gettext_lazy("What is new, or said otherwise"),
        gettext_lazy("What has happened reads as before, and nothing more is asked of anybody."),
    ),
)


@dataclass(frozen=True)
class ChangeView:
    """One change: where it is, and what happened there."""

    where: str
    what: str


@dataclass(frozen=True)
class Group:
    """The changes of one impact."""

    title: str
    meaning: str
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True)
class Becomes:
    """What comes of it for one who moves, in a few lines."""

    enrolment: Enrolment
    lines: tuple[str, ...]


@dataclass(frozen=True)
class PlanView:
    """Everything that the page says of a plan."""

    old: str
    new: str
    groups: tuple[Group, ...]
    own_values: tuple[str, ...]
    problems: tuple[str, ...]
    moving: int
    staying: int
    waiting: int
    shown: tuple[Enrolment, ...]
    concerned: int
    becomes: tuple[Becomes, ...]
    fingerprint: str


def plan_view(plan: Plan) -> PlanView:
    """A plan in the reader's language."""
    protocols = tuple(machine_of(version, zone=plan.adoption.zone).protocol for version in (plan.new, plan.old))
    plain = [protocol.model_dump(mode="json", by_alias=True) for protocol in protocols]
    counts = {fate: plan.with_fate(fate) for fate in ("moves", "stays", "waits")}
    words = Words(protocols[0], ZoneInfo(plan.adoption.zone), clock.now())
    concerned = [one for one in (_becomes(move, words) for move in counts["moves"]) if one.lines]
    left = [move.enrolment for fate in ("waits", "stays") for move in counts[fate]]
    return PlanView(
        old=plan.old.version,
        new=plan.new.version,
        groups=tuple(_groups(plan, plain)),
        own_values=tuple(_own_value(value, protocols) for value in plan.merged.values if value.fate != "conflict"),
        problems=tuple(said(problem) for problem in plan.problems),
        moving=len(counts["moves"]),
        staying=len(counts["stays"]),
        waiting=len(counts["waits"]),
        shown=tuple(left[:MOST_SHOWN]),
        concerned=len(concerned),
        becomes=tuple(concerned[:MOST_SHOWN]),
        fingerprint=plan.fingerprint,
    )


def _becomes(move: Move, new: Words) -> Becomes:
    """What is called off, what is expected otherwise, and who is told instead: all that the turn itself brings."""
    if move.before is None or move.step is None:
        return Becomes(move.enrolment, ())
    effects, old = move.step.effects, words_of(move.enrolment)
    off = {fact.expectation for fact in move.step.facts if fact.status == "cancelled"}
    ended = {each.due.partition("/")[0] for each in effects if isinstance(each, CloseAlarm | CloseTask)}
    told = {each.expectation: each.role for each in effects if isinstance(each, RaiseAlarm | OpenTask)}
    return Becomes(
        move.enrolment,
        (
            *(_("%(what)s: called off") % {"what": old.expectation(name)} for name in sorted(off)),
            *(
                _("%(what)s: nobody has to see to it any longer") % {"what": old.expectation(name)}
                for name in sorted(ended - off - told.keys())
            ),
            *(
                _("%(what)s: now for %(role)s") % {"what": new.expectation(name), "role": new.role(role)}
                for name, role in told.items()
            ),
            *_moved_times(_coming(move.before), _coming(move.step.state), new),
        ),
    )


def _moved_times(before: Mapping[str, int], after: Mapping[str, int], words: Words) -> Iterator[str]:
    for name, target in after.items():
        named = {"what": words.expectation(name), "when": words.when_due(name, target)}
        if name not in before:
            yield _("%(what)s: next %(when)s") % named
        elif before[name] != target:
            yield _("%(what)s: next %(when)s, not %(was)s") % {**named, "was": words.when_due(name, before[name])}


def _coming(state: State) -> dict[str, int]:
    """When each expectation falls due next, of what has not been missed."""
    dues = [due for track in state.tracks for due in (*track.live, track.upcoming) if due and not due.missed]
    return {due.expectation: due.target_at for due in sorted(dues, key=lambda due: -due.target_at)}


def said(problem: Problem) -> str:
    """Why something cannot be done, and what to do."""
    written = f"“{problem.written}”: " if problem.written else ""
    text = f"{written}{problem.what}. {problem.instead}"
    return text[:1].upper() + text[1:]


def on_another_version(adoption: Adoption) -> int:
    """How many take part on another version than those who begin now."""
    own = adoption.protocol_version
    # Not "another than": most are on the adoption's own, and would each be looked at.
    others = _versions_beside(own.practice_id, own.pk)
    if not others:
        return 0
    return counted((adoption.pk, "other versions"), lambda: _running_on.count(adoption.pk, others), size=int)


@prepared
def _versions_beside(practice: int, version: int) -> QuerySet[ProtocolVersion, int]:
    rows = ProtocolVersion.objects.filter(practice=practice).exclude(pk=version)
    return rows.order_by().values_list("pk", flat=True)


@prepared
def _running_on(adoption: int, versions: list[int]) -> QuerySet[Enrolment, int]:
    rows = Enrolment.objects.filter(adoption=adoption, ended_at=None, protocol_version__in=versions)
    return rows.order_by().values_list("pk", flat=True)


def latest(adoption: Adoption) -> Upgrade | None:
    """The upgrade that can be taken back, if any."""
    row = adoption.upgrades.select_related("old", "new", "by").first()
    stands = row is not None and row.reverted_at is None and row.new_id == adoption.protocol_version_id
    return row if stands else None


def _groups(plan: Plan, plain: list[dict[str, Any]]) -> Iterator[Group]:
    for impact, title, meaning in _GROUPS:
        changes = [change for change in plan.changes if change.impact == impact and change.path != ("version",)]
        if changes:
            views = tuple(ChangeView(_where(change, plain), _what(change)) for change in changes)
            yield Group(str(title), str(meaning), views)


def _where(change: Change, plain: list[dict[str, Any]]) -> str:
    words: list[str] = []
    steps = iter(enumerate(change.path))
    for number, step in steps:
        following = next(steps, None) if step in _SECTIONS else None
        if following is None:
            words.append(str(_TOP.get(str(step), step)) if number == 0 else str(step))
        else:
            place, name = following
            named = {"part": _SECTIONS[str(step)], "name": _label(change.path[: place + 1], plain) or name}
            words.append(_("%(part)s “%(name)s”") % named)
    within_a_part = len(words) > 1 and change.path[1] in _SECTIONS
    return ", ".join(words[1:] if within_a_part else words)


def _label(path: tuple[str | int, ...], plain: list[dict[str, Any]]) -> str:
    """What a part is called, in the new version or else in the old."""
    language = "sv" if (get_language() or "sv").startswith("sv") else "en"
    for here in plain:
        found: Any = here
        for step in path:
            found = found.get(step) if isinstance(found, Mapping) else None
        if isinstance(found, Mapping) and isinstance(found.get(language), str):
            return str(found[language])
    return ""


def _what(change: Change) -> str:
    if change.renamed is not None:
        return _("is now called %(name)s") % {"name": change.renamed}
    if change.action == "moved":
        return _("another order")
    went, came = differing(change.old, change.new)
    if came and not went and isinstance(change.new, list):
        return _("new: %(value)s") % {"value": ", ".join(map(in_one_line, came))}
    old, new = _written(went), _written(came)
    if change.action == "added":
        return _("new: %(value)s") % {"value": new} if new else _("new")
    if change.action == "removed":
        return _("taken away: %(value)s") % {"value": old} if old else _("taken away")
    return f"{old} → {new}"


def _written(value: Any) -> str:
    """A value in one line; a whole part is told by its name alone."""
    return "" if isinstance(value, Mapping) and ("sv" in value or len(value) > 2) else in_one_line(value)


def _own_value(value: OwnValue, protocols: tuple[Protocol, ...]) -> str:
    written = {"own": value.written, "old": value.old, "new": value.new}
    values = {"name": _named(value, protocols), **{name: _numbers(each) for name, each in written.items()}}
    if value.fate == "followed":
        return _("%(name)s: as in the practice, now %(new)s.") % values
    if value.fate == "moved":
        return _("%(name)s: your own %(own)s moves along to the new name.") % values
    if value.old != value.new:
        return _("%(name)s: your own %(own)s stands. The practice's changes from %(old)s to %(new)s.") % values
    return _("%(name)s: your own %(own)s stands.") % values


def _numbers(written: Any) -> Any:
    """Numbers of places in one line, those of all first and then each share's; anything else as it is."""
    if not isinstance(written, Mapping):
        return written
    total = [str(each) for each in written.values() if not isinstance(each, Mapping)]
    shares = [", ".join(map(str, each.values())) for each in written.values() if isinstance(each, Mapping)]
    return " / ".join([*total, *(f"({each})" for each in shares if each)])


def _named(value: OwnValue, protocols: tuple[Protocol, ...]) -> str:
    paths = {"prices": ("economy", "prices"), "parameters": ("rehearsal", "parameters"), "places": ("places",)}
    plain = [protocol.model_dump(mode="json", by_alias=True) for protocol in protocols]
    found = (_label((*paths[value.section], name), plain) for name in (value.name, value.was))
    return next((label for label in found if label), value.name)

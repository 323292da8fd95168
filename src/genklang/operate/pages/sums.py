"""Proposals in plain words: every step of the sum, where its figures come from, what is missing, what was decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from genklang.engine import types as engine
from genklang.engine.asked import Asked, asked, proposal_decided_by
from genklang.engine.proposals import Figure, Step, Stopped, Worked
from genklang.operate.deciding import as_proposed
from genklang.operate.directory import engine_event
from genklang.operate.forms.answers import Asking
from genklang.operate.machines import machine_for
from genklang.operate.models import Enrolment, Event
from genklang.operate.pages.explaining import explained
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import Words, say
from genklang.protocol.reckoning import Proposal

LATEST = 6


@dataclass(frozen=True)
class Line:
    """One step: what it is called, what it comes to, and how it was worked out."""

    label: str
    value: str
    how: str = ""


@dataclass(frozen=True)
class Decided:
    """What was decided, in words; `difference` is empty where it is as proposed."""

    amount: str
    when: str
    difference: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Shown:
    """A proposal as the person it is about, and the one who decides, read it.

    `stopped` says why no sum could be worked out. `decide` is the address of the form that decides, where the reader
    may.
    """

    key: str
    title: str
    about: str
    lines: list[Line] = field(default_factory=list)
    answer: str = ""
    stopped: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    decided: Decided | None = None
    changed_since: bool = False
    decide: str = ""

    @property
    def steps(self) -> list[Line]:
        """The lines before the answer."""
        return self.lines[:-1] if self.answer else self.lines

    @property
    def last(self) -> Line | None:
        """The line that is the answer."""
        return self.lines[-1] if self.answer else None


def sums_of(enrolment: Enrolment, *, roles: frozenset[str] = frozenset()) -> list[Shown]:
    """An enrolment's latest proposals and all that wait, the latest first; with a way to decide for roles that may."""
    words = words_of(enrolment)
    if not words.protocol.proposals or enrolment.broken_reason:
        return []
    every = asked(machine_for(enrolment), _log(enrolment), enrolment=enrolment.key)
    latest = [one for place, one in enumerate(reversed(every)) if place < LATEST or one.decision is None]
    return [_with_way(_shown(one, words), enrolment, one, roles, words) for one in latest]


def filled(asking: Asking, enrolment: Enrolment, kind: str) -> Asking:
    """The form of a deciding event with the proposal in it: the one that is chosen, else the one that has waited the
    longest. What the system keeps is not asked.
    """
    found = proposal_decided_by(words_of(enrolment).protocol, kind)
    if found is None:
        return asking
    _name, proposal = found
    asking = replace(asking, given={**asking.given, proposal.proposed: None})
    one = _chosen(enrolment, asking.chosen.get(proposal.refers))
    if one is None:
        return asking
    amount = {} if one.amount is None else {proposal.into: one.amount}
    return replace(asking, chosen={**asking.chosen, proposal.refers: one.event.id, **amount})


def decided_in(enrolment: Enrolment, kind: str, chosen: Mapping[str, Any]) -> Shown | None:
    """The proposal that a form decides, to be read above it; `chosen` is what the form is filled in with."""
    found = proposal_decided_by(words_of(enrolment).protocol, kind)
    one = _chosen(enrolment, chosen.get(found[1].refers)) if found else None
    return _shown(one, words_of(enrolment)) if one else None


def _chosen(enrolment: Enrolment, about: Any) -> Asked | None:
    every = asked(machine_for(enrolment), _log(enrolment), enrolment=enrolment.key)
    if about:
        return next((each for each in every if each.event.id == about), None)
    return next((each for each in every if each.decision is None), None)


def amount_in_words(value: float, proposal: Proposal) -> str:
    """An amount with its unit: 9 450 kr."""
    unit = say(proposal.unit) if proposal.unit else _("SEK")
    return f"{_number(value, proposal.round)} {unit}"


def _log(enrolment: Enrolment) -> list[engine.Event]:
    """What counts of the log: an event that nothing explains yet asks for nothing."""
    return [engine_event(row) for row in Event.objects.filter(enrolment=enrolment, held__isnull=True)]


def _shown(one: Asked, words: Words) -> Shown:
    proposal = words.protocol.proposals[one.proposal]
    worked = one.sum if isinstance(one.sum, Worked) else None
    return Shown(
        key=one.event.id,
        title=say(proposal),
        about=_("%(what)s, %(when)s") % {"what": words.event(one.event.kind), "when": words.day(one.event.occurred_at)},
        lines=[_line(step, proposal, words) for step in one.sum.steps],
        answer=amount_in_words(worked.result, proposal) if worked else "",
        stopped=_why(one.sum, words, proposal) if isinstance(one.sum, Stopped) else [],
        sources=_sources((figure for step in one.sum.steps for figure in step.figures), words),
        decided=_decided(one, proposal, words),
        changed_since=_changed_since(one, proposal),
    )


def _with_way(shown: Shown, enrolment: Enrolment, one: Asked, roles: frozenset[str], words: Words) -> Shown:
    proposal = words.protocol.proposals[one.proposal]
    if one.decision or not roles & set(words.protocol.events[proposal.decided_by].by):
        return shown
    address = reverse("operate:report", args=[enrolment.public_id, proposal.decided_by])
    return replace(shown, decide=f"{address}?{urlencode({proposal.refers: one.event.id})}")


def _line(step: Step, proposal: Proposal, words: Words) -> Line:
    unit = say(proposal.unit) if proposal.unit else _("SEK")
    value = f"{_number(step.value, 0 if step.value == int(step.value) else 2)} {unit}"
    return Line(say(proposal.lines[step.name]), value, explained(step, proposal, words))


def _why(stopped: Stopped, words: Words, proposal: Proposal) -> list[str]:
    """Why there is no sum, each sentence by itself; what is missing is named."""
    said: dict[str, Any] = {
        "step": say(proposal.lines[stopped.line]),
        "table": say(words.protocol.tables.get(stopped.table)),
    }
    if stopped.why == "unknown":
        return [
            _("This is not answered yet: %(what)s") % {"what": _question(name, proposal, words)}
            for name in stopped.names
        ]
    if stopped.why == "no_edition":
        said["day"] = date_format(date.fromisoformat(stopped.day), "j F Y")
        first = _("There are no figures for %(day)s in “%(table)s”.") % said
        return [first, _("Figures of another time are not used: somebody must decide without a proposal.")]
    if stopped.why == "no_figure":
        table = words.protocol.tables[stopped.table]
        said["key"] = f"{say(table.columns[table.key])} {_key(stopped.key, words)}"
        return [_("“%(table)s” has no figure for %(key)s. Somebody must judge it.") % said]
    return [_("The step “%(step)s” cannot be worked out from what is answered. Somebody must judge it.") % said]


def _question(name: str, proposal: Proposal, words: Words) -> str:
    asked_in = words.protocol.events[proposal.on].fields
    return say(asked_in.get(name) or words.protocol.facts.get(name), name)


def _key(key: float | str, words: Words) -> str:
    """What a table's key is called: the answer of a choice, or a number."""
    if not isinstance(key, str):
        return _number(key, 0 if key == int(key) else 1)
    fields = [
        *words.protocol.facts.values(),
        *(one for kind in words.protocol.events.values() for one in kind.fields.values()),
    ]
    return next((say(one.options[key]) for one in fields if key in one.options), key)


def _sources(figures: Iterable[Figure], words: Words) -> list[str]:
    """Which tables figures came from, since when they hold, and who has set them; each source told once."""
    tables: dict[tuple[str, str], list[str]] = {}
    for figure in figures:
        names = tables.setdefault((figure.since, say(figure.source)), [])
        name = say(words.protocol.tables[figure.table])
        names += [name] if name not in names else []
    return [_source("; ".join(names), since, source) for (since, source), names in tables.items()]


def _source(tables: str, since: str, source: str) -> str:
    day = date_format(date.fromisoformat(since), "j F Y")
    return " ".join(filter(None, [_("%(table)s: figures from %(since)s.") % {"table": tables, "since": day}, source]))


def _decided(one: Asked, proposal: Proposal, words: Words) -> Decided | None:
    if one.decision is None:
        return None
    data: Mapping[str, Any] = one.decision.data
    decided, proposed = float(data.get(proposal.into) or 0), data.get(proposal.proposed)
    return Decided(
        amount=amount_in_words(decided, proposal),
        when=words.day(one.decision.occurred_at),
        difference="" if as_proposed(proposal, one.decision) else _difference(decided, proposed, proposal),
        reason=str(data.get(proposal.reason) or ""),
    )


def _difference(decided: float, proposed: Any, proposal: Proposal) -> str:
    if proposed is None:
        return _("No proposal could be worked out.")
    apart = abs(decided - float(proposed))
    said = {"proposed": amount_in_words(float(proposed), proposal), "apart": amount_in_words(apart, proposal)}
    if decided > float(proposed):
        return _("%(apart)s more than was proposed (%(proposed)s).") % said
    return _("%(apart)s less than was proposed (%(proposed)s).") % said


def _changed_since(one: Asked, proposal: Proposal) -> bool:
    """Whether the sum is another now than when it was decided: something was corrected afterwards."""
    if one.decision is None:
        return False
    kept = one.decision.data.get(proposal.proposed)
    return (None if kept is None else float(kept)) != one.amount


def _number(value: float, decimals: int) -> str:
    return number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=True).replace("-", "\u2212")

"""The parts of a protocol beyond events and expectations, each as a heading and a few sentences."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genklang.bank.naming import event_name, field_name, role_name, stage_names
from genklang.bank.wording import duration, in_unit, inside, said, together
from genklang.protocol.types import Protocol

ITSELF = "self"


@dataclass(frozen=True)
class PartView:
    """One part in words: what it is called, and the sentences that say what it does."""

    name: str
    lines: tuple[str, ...]


def parts_of(protocol: Protocol) -> tuple[PartView, ...]:
    """Every such part that the protocol has, in the reader's language."""
    tellers: tuple[tuple[str, Callable[[Protocol], Iterator[str]]], ...] = (
        (_("What it is about"), _matter),
        (_("Noticed by itself"), _signals),
        (_("Drawn at random"), _draws),
        (_("A limited number"), _places),
        (_("First things first"), _required),
        (_("Between those who take part"), _passing),
        (_("Accounts"), _ledgers),
        (_("Private links"), _links),
        (_("What others may read"), _shown),
        (_("Sums that a person confirms"), _proposals),
        (_("Files in"), _files),
        (_("Documents out"), _documents),
        (_("On the wall, and drawn"), _pictures),
    )
    told = (PartView(name, tuple(tell(protocol))) for name, tell in tellers)
    return tuple(part for part in told if part.lines)


def _matter(protocol: Protocol) -> Iterator[str]:
    if protocol.matter:
        yield _("Not a person, but: %(what)s.") % {"what": inside(said(protocol.matter))}


def _signals(protocol: Protocol) -> Iterator[str]:
    for signal in protocol.signals.values():
        events = together(inside(event_name(protocol, event)) for event in signal.of)
        yield _("“%(name)s”: seen in what comes in as: %(events)s.") % {"name": said(signal), "events": events}


def _draws(protocol: Protocol) -> Iterator[str]:
    for draw in protocol.draws.values():
        yield _("“%(name)s”: %(share)s are drawn, after: %(event)s. Nobody can choose, and anybody can check it.") % {
            "name": said(draw),
            "share": in_unit(draw.share, "share"),
            "event": inside(event_name(protocol, draw.after)),
        }


def _places(protocol: Protocol) -> Iterator[str]:
    for place in protocol.places.values():
        name = said(place)
        if place.capacity:
            yield _("“%(name)s”: %(n)s at the same time.") % {"name": name, "n": place.capacity}
        if place.starts and place.per:
            most = {"name": name, "n": place.starts, "time": duration(place.per)}
            yield _("“%(name)s”: at most %(n)s may begin in %(time)s.") % most
        yield _("Whoever waits (%(waiting)s) is given one in turn, as soon as there is room.") % {
            "waiting": inside(stage_names(protocol, place.waiting))
        }
        if place.shares:
            shares = together(f"{said(share)} {share.places}" for share in place.shares.values())
            yield _("Each has its own: %(shares)s.") % {"shares": shares}
        if place.borrowing:
            yield _("A place that nobody of its own waits for may be lent to another.")


def _required(protocol: Protocol) -> Iterator[str]:
    for name, kind in protocol.events.items():
        if kind.requires:
            first = together(inside(said(protocol.expectations[each])) for each in kind.requires)
            yield _("“%(event)s” has to wait until this is settled: %(first)s.") % {
                "event": event_name(protocol, name),
                "first": first,
            }


def _passing(protocol: Protocol) -> Iterator[str]:
    for name, kind in protocol.events.items():
        if kind.passes:
            yield _("“%(event)s” also reaches the one it leads to, as: %(other)s.") % {
                "event": event_name(protocol, name),
                "other": inside(event_name(protocol, kind.passes.as_)),
            }


def _ledgers(protocol: Protocol) -> Iterator[str]:
    for ledger in protocol.ledgers.values():
        for posting in ledger.postings:
            ends = [
                said(ledger.accounts[end]) if end in ledger.accounts else _end(protocol, posting.on, end)
                for end in (posting.from_, posting.to)
            ]
            yield _("“%(name)s”: at “%(event)s” the amount moves from %(giver)s to %(receiver)s.") % {
                "name": said(ledger),
                "event": event_name(protocol, posting.on),
                "giver": inside(ends[0]),
                "receiver": inside(ends[1]),
            }
        yield _("All accounts together are always zero.")


def _end(protocol: Protocol, event: str, end: str) -> str:
    if end == ITSELF:
        return _("whoever's event it is")
    field = protocol.events[event].fields.get(end)
    return _("the one in “%(question)s”") % {"question": said(field)} if field else end


def _links(protocol: Protocol) -> Iterator[str]:
    for name, kind in protocol.events.items():
        if kind.invites:
            yield _("“%(event)s” gives a private link to: %(role)s. It works for %(time)s.") % {
                "event": event_name(protocol, name),
                "role": inside(role_name(protocol, kind.invites.role)),
                "time": duration(kind.invites.expires),
            }


def _shown(protocol: Protocol) -> Iterator[str]:
    for name, kind in protocol.events.items():
        for rule in kind.shown:
            what = {"event": event_name(protocol, name), "others": _others(protocol, rule.to)}
            if rule.once:
                events = together(inside(event_name(protocol, event)) for event in rule.once)
                yield _("“%(event)s” is read by %(others)s only after: %(events)s.") % {**what, "events": events}
            if rule.unless:
                events = together(inside(event_name(protocol, event)) for event in rule.unless)
                yield _("“%(event)s” is no longer read by %(others)s after: %(events)s.") % {**what, "events": events}


def _others(protocol: Protocol, roles: list[str]) -> str:
    return inside(together(role_name(protocol, role) for role in roles)) if roles else _("others")


def _proposals(protocol: Protocol) -> Iterator[str]:
    for proposal in protocol.proposals.values():
        yield _("“%(name)s” is worked out after: %(event)s. Step by step: %(steps)s.") % {
            "name": said(proposal),
            "event": inside(event_name(protocol, proposal.on)),
            "steps": together(inside(said(line)) for line in proposal.lines.values()),
        }
        yield _("It decides nothing: a person confirms or changes it, in “%(event)s”.") % {
            "event": event_name(protocol, proposal.decided_by)
        }
    for table in protocol.tables.values():
        yield _("The figures of “%(table)s” hold from: %(days)s.") % {
            "table": said(table),
            "days": together(edition.from_ for edition in table.editions),
        }


def _files(protocol: Protocol) -> Iterator[str]:
    for file in protocol.files.values():
        keys = (field_name(protocol, file.rows, key) for key in file.key)
        yield _("“%(name)s”: each row becomes “%(event)s”, once. Rows are told apart by: %(keys)s.") % {
            "name": said(file),
            "event": event_name(protocol, file.rows),
            "keys": together(inside(key) for key in keys),
        }
        yield _("What is wrong in a row waits for a person; nothing is lost.")


def _documents(protocol: Protocol) -> Iterator[str]:
    for document in protocol.documents.values():
        yield _("“%(name)s” is made once for each: %(event)s. As PDF, and as an electronic invoice.") % {
            "name": said(document),
            "event": inside(event_name(protocol, document.on)),
        }


def _pictures(protocol: Protocol) -> Iterator[str]:
    if protocol.board:
        tiles = together(inside(said(tile)) for tile in protocol.board.tiles.values())
        yield _("A screen for the wall, which renews itself and names nobody: %(tiles)s.") % {"tiles": tiles}
    if protocol.journey:
        event = {"event": inside(event_name(protocol, protocol.journey.told))}
        yield _("The way through as a map, drawn of: %(event)s.") % event
    if protocol.network:
        event = {"event": inside(event_name(protocol, protocol.network.of))}
        yield _("The people around as a map, drawn of: %(event)s.") % event

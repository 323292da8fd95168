"""Checks of accounts, of what moves between them, and of what others who take part may call somebody or answer."""

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.expressions import Type
from genklang.protocol.ledgers import SELF, amount_scope, leading_fields
from genklang.protocol.problems import listed, quoted
from genklang.protocol.together import Ledger, Posting
from genklang.protocol.types import EventField, Protocol, Role


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with ledgers, with names for others, and with fields that point at others' events."""
    for name, role in protocol.roles.items():
        _called(("roles", name, "called"), role, notes)
        if role.joins and not role.participant:
            notes.note(("roles", name, "joins"), "Only a participant can begin by themselves", "Take it away.")
    for event, kind in protocol.events.items():
        for name, field in kind.fields.items():
            _pointing(("events", event, "fields", name), field, notes)
    for name, ledger in protocol.ledgers.items():
        _ledger(("ledgers", name), ledger, notes)


def _called(path: Path, role: Role, notes: Notes) -> None:
    facts = notes.protocol.facts
    if role.called is None:
        return
    if not role.participant:
        notes.note(path, "Only participants are called something by others", "Take it away.", written=role.called)
    elif notes.known(path, role.called, facts, kind="fact") and facts[role.called].type != "text":
        what = f"{quoted(role.called)} is {facts[role.called].type}, not a name"
        notes.note(path, what, "Name a fact of type text.", written=role.called)


def _pointing(path: Path, field: EventField, notes: Notes) -> None:
    given = {"whose": field.whose == "others", "once": field.once}
    for name, is_given in given.items():
        if is_given and field.type != "reference":
            what = f"{quoted(name)} means nothing for type {field.type}"
            notes.note((*path, name), what, "Write type: reference, or take it away.", key=True)
    if field.once and field.many:
        notes.note((*path, "once"), '"once" and "many" stand together', "Take one of them away.", key=True)


def _ledger(path: Path, ledger: Ledger, notes: Notes) -> None:
    if ledger.least is not None and ledger.least > 0:
        what = "Nobody could begin: an account holds nothing at first"
        notes.note((*path, "least"), what, "Write 0, or less.", written=f"{ledger.least:g}")
    if SELF in ledger.accounts:
        what = f"{quoted(SELF)} stands for whoever's event it is"
        notes.note((*path, "accounts", SELF), what, "Give the account another name.", written=SELF, key=True)
    for number, posting in enumerate(ledger.postings):
        _posting((*path, "postings", number), ledger, posting, notes)


def _posting(path: Path, ledger: Ledger, posting: Posting, notes: Notes) -> None:
    protocol = notes.protocol
    if not notes.known((*path, "on"), posting.on, protocol.events, kind="event"):
        return
    fields = leading_fields(protocol, posting.on)
    for name in set(fields) & set(ledger.accounts):
        what = f"{quoted(name)} is both an account and a field of {posting.on}"
        notes.note(path, what, "Give the account another name.", written=name)
    names = (SELF, *fields, *ledger.accounts)
    for side, name in (("from", posting.from_), ("to", posting.to)):
        place = (*path, side)
        if name in protocol.events[posting.on].fields and name not in fields:
            what = f"{quoted(name)} leads to nobody"
            notes.note(place, what, f"Write {listed(list(names))}.", written=name)
        elif notes.known(place, name, names, kind="account") and name in fields and fields[name].many:
            notes.note(place, f"{quoted(name)} may point at several", "Name a field that points at one.", written=name)
    if posting.from_ == posting.to:
        what = f"Nothing moves from {quoted(posting.to)} to itself"
        notes.note((*path, "to"), what, f"Write another of {listed(list(names))}.", written=posting.to)
    notes.expression((*path, "amount"), posting.amount, amount_scope(protocol, posting.on), Type.NUMBER)

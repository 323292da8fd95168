"""Checks of those without an account, and of what is shown: guests, the public, links, films and their words."""

import re
from collections.abc import Iterable, Sequence

from genklang.protocol.checks.notes import Notes
from genklang.protocol.document import Path
from genklang.protocol.problems import listed, quoted
from genklang.protocol.together import Shown
from genklang.protocol.types import EventField, EventKind, Protocol, Role

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_VISITORS = ("guest", "public")


def check(protocol: Protocol, notes: Notes) -> None:
    """Note what is wrong with guest and public roles, `invites`, `shown`, `erases` and files."""
    for name, role in protocol.roles.items():
        _role(("roles", name), name, role, notes)
    _public(protocol, notes)
    for name, fact in protocol.facts.items():
        if fact.type == "file":
            what = "A fact is what is known, and a file is not known but shown"
            notes.note(("facts", name, "type"), what, "Let an event carry it.", written="file")
    for name, kind in protocol.events.items():
        _event(("events", name), name, kind, notes)


def _role(path: Path, name: str, role: Role, notes: Notes) -> None:
    said = [word for word in ("participant", "member", *_VISITORS) if getattr(role, word)]
    if len(said) > 1:
        what = f"{quoted(name)} is {listed(said).replace(' or ', ' and ')} at once"
        notes.note((*path, said[1]), what, "Keep one of them, or make two roles.", written=name, key=True)
    if role.sees and not (role.member or role.guest or role.public):
        what = "Only a member, a guest or the public is told what to see; the others see it all"
        notes.note((*path, "sees"), what, 'Take "sees" away.', key=True)
    for number, event in enumerate(role.sees):
        notes.known(notes.item((*path, "sees"), number), event, notes.protocol.events, kind="event")
    invited = {kind.invites.role for kind in notes.protocol.events.values() if kind.invites}
    if role.guest and name not in invited:
        what = f"Nobody ever becomes {quoted(name)}"
        notes.note(path, what, f"Write invites: {{role: {name}, expires: 14 days}} for an event.", key=True)


def _public(protocol: Protocol, notes: Notes) -> None:
    names = [name for name, role in protocol.roles.items() if role.public]
    for name in names[1:]:
        what = f"{quoted(name)} is a second role for anybody, beside {quoted(names[0])}"
        notes.note(("roles", name), what, "Keep one of them.", written=name, key=True)
    if names and protocol.matter is None:
        what = "An enrolment is about a person, and anybody could read of it"
        instead = "Write matter, and no participant: only a matter has an open page."
        notes.note(("roles", names[0], "public"), what, instead, key=True)


def _event(path: Path, name: str, kind: EventKind, notes: Notes) -> None:
    _reporters(path, kind, notes)
    if kind.invites:
        _invites((*path, "invites"), name, kind, notes)
    for number, shown in enumerate(kind.shown):
        _shown(notes.item((*path, "shown"), number), name, shown, notes)
    if kind.erases:
        _erases((*path, "erases"), kind, kind.erases, notes)
    for field_name, field in kind.fields.items():
        _file((*path, "fields", field_name), kind, field, notes)


def _shown(path: Path, name: str, shown: Shown, notes: Notes) -> None:
    if not (shown.once or shown.unless):
        notes.note(path, "Nothing says when it is shown", "Write once or unless, or take it away.")
    visitors = [role for role, declared in notes.protocol.roles.items() if declared.guest or declared.public]
    for number, role in enumerate(shown.to):
        notes.known(notes.item((*path, "to"), number), role, visitors, kind="guest or public role")
    _answers((*path, "once"), name, shown.once, notes)
    _answers((*path, "unless"), name, shown.unless, notes)


def _reporters(path: Path, kind: EventKind, notes: Notes) -> None:
    """What nobody without an account can answer: who is who, and for anybody, files."""
    roles = [notes.protocol.roles[name] for name in kind.by if name in notes.protocol.roles]
    guests, public = (any(getattr(role, word) for role in roles) for word in _VISITORS)
    for name, field in kind.fields.items():
        if (guests or public) and field.type in ("member", "participant"):
            what = "Whoever has no account cannot be shown who belongs here"
            notes.note((*path, "fields", name, "type"), what, "Ask for a text instead.", written=field.type)
        if public and field.type == "file":
            what = "Anybody could hand in anything"
            notes.note((*path, "fields", name, "type"), what, "Let a guest or somebody at work do it.", written="file")


def _invites(path: Path, name: str, kind: EventKind, notes: Notes) -> None:
    invites, protocol = kind.invites, notes.protocol
    assert invites is not None
    guests = [role for role, declared in protocol.roles.items() if declared.guest]
    notes.known((*path, "role"), invites.role, guests, kind="guest role")
    texts = [field for field, declared in kind.fields.items() if declared.type == "text"]
    if invites.named:
        notes.known((*path, "named"), invites.named, texts, kind="text field of the event")
    if not (invites.expires.months or invites.expires.days or invites.expires.microseconds):
        notes.note((*path, "expires"), "The link would never work", 'Write for example "14 days".', written="0")
    _answers((*path, "until"), name, invites.until, notes)
    if invites.opened:
        _answers((*path, "opened"), name, [invites.opened], notes)
        _opened((*path, "opened"), invites.opened, invites.role, notes)


def _opened(path: Path, opened: str, role: str, notes: Notes) -> None:
    declared = notes.protocol.events.get(opened)
    if declared is None:
        return
    if role not in declared.by:
        what = f"{quoted(opened)} is not by {quoted(role)}, who opens the link"
        notes.note(path, what, f"Write by: {role} for it.", written=opened)
    asked = [name for name, field in declared.fields.items() if field.required and field.type != "reference"]
    if asked:
        what = f"{quoted(opened)} asks for {listed(asked)}, and nobody is asked when a link is opened"
        notes.note(path, what, "Write required: false there, or name an event without questions.", written=opened)


def _answers(path: Path, name: str, events: Sequence[str], notes: Notes) -> None:
    """Each of these events must have a reference that may point at `name`."""
    for number, event in enumerate(events):
        place = notes.item(path, number)
        if notes.known(place, event, notes.protocol.events, kind="event"):
            declared = notes.protocol.events[event]
            if not any(name in (field.of or ()) for field in _references(declared)):
                what = f"{quoted(event)} never refers to {quoted(name)}"
                instead = f"Give {event} a field {{type: reference, of: {name}}}."
                notes.note(place, what, instead, written=event)


def _erases(path: Path, kind: EventKind, name: str, notes: Notes) -> None:
    references = [field for field, declared in kind.fields.items() if declared.type == "reference"]
    if not notes.known(path, name, references, kind="reference of the event"):
        return
    field = kind.fields[name]
    if field.whose == "others":
        notes.note(path, "Nobody takes away what is somebody else's", "Write whose: own for the field.", written=name)
    pointed = [notes.protocol.events[each] for each in field.of or () if each in notes.protocol.events]
    if pointed and not any(one.type == "file" for each in pointed for one in each.fields.values()):
        what = f"What {quoted(name)} points at has no file"
        notes.note(path, what, 'Take "erases" away, or name a reference to an event with a file.', written=name)


def _file(path: Path, kind: EventKind, field: EventField, notes: Notes) -> None:
    if field.accept and field.type != "file":
        what = f"accept stands beside type {field.type}"
        notes.note((*path, "accept"), what, "Write type: file, or take it away.", key=True)
    if field.type != "file" or "subtitles" not in field.accept:
        return
    if len(field.accept) > 1:
        what = "Subtitles stand beside other kinds of file"
        notes.note((*path, "accept"), what, "Write accept: [subtitles], and the film in another event.")
    references = _references(kind)
    if len(references) != 1:
        what = f"The event has {len(references) or 'no'} reference{'s' if len(references) != 1 else ''}: "
        notes.note(path, f"{what}whose words are they?", "Keep one reference, to the event with the film.", key=True)
    choices = [each for each in kind.fields.values() if each.type == "choice"]
    codes = [code for each in choices for code in each.options]
    if len(choices) != 1 or not all(_LANGUAGE.fullmatch(code) for code in codes):
        what = "Nothing says in which language they are"
        instead = "Add one choice whose options are codes of languages, for example sv, ar and so."
        notes.note(path, what, instead, key=True)


def _references(kind: EventKind) -> list[EventField]:
    fields: Iterable[EventField] = kind.fields.values()
    return [field for field in fields if field.type == "reference"]

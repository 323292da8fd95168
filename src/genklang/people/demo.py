"""The words on the demo's door: who one can be, and what each of them sees."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from genklang.people.services import DEMO_KINDS, DEMO_NAMES, DemoKind


@dataclass(frozen=True)
class Visitor:
    """One who can be chosen: name, who that is, what is seen, and what the button says."""

    kind: DemoKind
    name: str
    who: str
    sees: str
    button: str


def visitors() -> list[Visitor]:
    """Everyone one can be in the demo, in the order of the door."""
    words = {
        "lead": (
            _("leads the work in Lindmåla"),
            _("Finds and adopts practices, sees how they go and what they lead to, and checks who looked at what."),
        ),
        "nurse": (
            _("nurse in Lindmåla's home care"),
            _("Has a list of what to do today, with alarms first, and writes down what was done."),
        ),
        "participant": (
            _("lives at home and takes part in a practice"),
            _("Has a page of her own: what is planned, what she has logged, what was decided, and who looked."),
        ),
        "editor": (
            _("edits the knowledge bank"),
            _("Keeps the practices and their sources, and sees what visitors wrote. Sees nothing about persons."),
        ),
    }
    return [_visitor(kind, *words[kind]) for kind in DEMO_KINDS]


def _visitor(kind: DemoKind, who: str, sees: str) -> Visitor:
    name = DEMO_NAMES[kind]
    return Visitor(kind, name, who, sees, _("Step in as %(name)s") % {"name": name.split()[0]})

"""The page where anybody can apply: what it is, who runs it, who will see what one writes, and why not now."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from genklang.operate import access
from genklang.operate.applying import roles_that_join
from genklang.operate.models import Adoption, Enrolment, Status
from genklang.operate.pages import case as cases
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import inside_sentence, say
from genklang.people.models import User


@dataclass(frozen=True)
class Doorway:
    """What a stranger is told. `closed` says why nobody can apply now; empty while anybody can."""

    adoption: Adoption
    practice: str
    summary: str
    roles: list[str]
    seen_by: str
    closed: str

    @property
    def run_by(self) -> str:
        """Whose it is."""
        return f"{self.adoption.name} · {self.adoption.organisation.name}"


def doorway(adoption: Adoption) -> Doorway:
    """What the page tells, in the reader's language."""
    words, joining = words_of(adoption), roles_that_join(adoption)
    return Doorway(
        adoption=adoption,
        practice=say(words.protocol.title),
        summary=say(words.protocol.summary),
        roles=joining,
        seen_by=", ".join(inside_sentence(say(words.protocol.roles[name])) for name in words.protocol.staff_roles),
        closed=_closed(adoption, joining),
    )


def _closed(adoption: Adoption, joining: list[str]) -> str:
    if adoption.status == Status.PAUSED:
        return _("It is paused. You can apply again when it goes on.")
    if adoption.status == Status.PLANNED:
        return _("It has not begun yet.")
    if adoption.status == Status.ENDED or adoption.historical:
        return _("It has ended.")
    return "" if joining else _("One cannot apply oneself any more.")


def first_address(enrolment: Enrolment, user: User) -> str:
    """The form of what is asked first of whoever has just come in; my page where nothing is."""
    found = cases.actions(enrolment, words_of(enrolment).protocol, roles=access.own_roles(user, enrolment))
    first = next((one for one in found if not (one.ends or one.gives_up or one.beside)), None)
    if first is None or first.simple:
        return reverse("operate:my-page")
    return reverse("operate:my-form", args=[enrolment.public_id, first.kind])

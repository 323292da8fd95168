"""The verbs of the address where anybody can apply: open it, take it away, and come in by it."""

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from genklang.operate import beginning, clock
from genklang.operate.machines import adoption_machine
from genklang.operate.models import Adoption, ApplyAddress, Enrolment
from genklang.people.models import Action, User
from genklang.people.services import ensure_person, record_access

LONGEST = 50


def roles_that_join(adoption: Adoption) -> list[str]:
    """The protocol's roles in which people may begin by themselves; none where somebody at work lets them in."""
    return [name for name, role in adoption_machine(adoption).protocol.roles.items() if role.joins]


@transaction.atomic
def open_address(adoption: Adoption, *, user: User) -> ApplyAddress:
    """Anybody can apply from now on. The address is made from the adoption's name the first time, and kept."""
    opened = {"opened_at": clock.moment(clock.now()), "opened_by": user, "taken_away_at": None}
    row, _created = ApplyAddress.objects.update_or_create(
        adoption=adoption, defaults=opened, create_defaults={**opened, "word": _free_word(adoption)}
    )
    _log(adoption, user, _("opened an address where anybody can apply to %(name)s"))
    return row


@transaction.atomic
def take_away(adoption: Adoption, *, user: User) -> None:
    """Nobody can apply by the address any more; whoever takes part already goes on."""
    open_now = ApplyAddress.objects.filter(adoption=adoption, taken_away_at=None)
    if open_now.update(taken_away_at=clock.moment(clock.now())):
        _log(adoption, user, _("took away the address where anybody can apply to %(name)s"))


def open_address_of(adoption: Adoption) -> ApplyAddress | None:
    """The address that anybody can apply by now; None where there is none."""
    return ApplyAddress.objects.filter(adoption=adoption, taken_away_at=None).select_related("opened_by").first()


def adoption_behind(word: str) -> Adoption | None:
    """The adoption that an address leads to; None for one that is unknown or taken away."""
    rows = ApplyAddress.objects.select_related("adoption__protocol_version", "adoption__organisation")
    found = rows.filter(word=word, taken_away_at=None).first()
    return found.adoption if found else None


def own_running(user: User, adoption: Adoption) -> Enrolment | None:
    """The user's own enrolment there that has not ended."""
    return Enrolment.objects.filter(adoption=adoption, person__user=user, ended_at=None).first()


@transaction.atomic
def come_in(adoption: Adoption, *, user: User, name: str, role: str) -> Enrolment:
    """The user takes part from now on, and is known in the organisation by `name` where they were not known before.

    Whoever takes part already goes on with that. Raises Refused where nobody can begin now.
    """
    person = ensure_person(
        organisation=adoption.organisation, user=user, display_name=name, simulated=adoption.simulated
    )
    running = own_running(user, adoption)
    if running is not None:
        return running
    enrolment = beginning.begin(person, adoption=adoption, role=role, user=user)
    record_access(
        organisation=adoption.organisation,
        actor=user,
        person=person,
        action=Action.RECORD,
        purpose=_("came by the open address: %(name)s") % {"name": adoption.name},
    )
    return enrolment


def _free_word(adoption: Adoption) -> str:
    """The name as it can be typed: “Värnäs” is varnas, or varnas-2 where another has that."""
    stem = slugify(adoption.name)[:LONGEST].strip("-") or f"a{adoption.pk}"
    taken = set(ApplyAddress.objects.filter(word__startswith=stem).values_list("word", flat=True))
    return next(word for word in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if word not in taken)


def _log(adoption: Adoption, user: User, done: str) -> None:
    purpose = (done % {"name": adoption.name})[:200]
    record_access(organisation=adoption.organisation, actor=user, action=Action.DECIDE, purpose=purpose)

"""Who may do what, as a truth table: what, on whom, for each of the cast. Other rooms write theirs in the same form.

Columns: Alva (lead here), Bo (staff here), Cia (lead elsewhere), Doris (the person), Elin (bank editor), a stranger.
"""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from genklang.people import permissions as p
from genklang.people.models import AccessLog, Action, Membership, Organisation, Person, User
from genklang.people.services import record_access

CAST = ("alva", "bo", "cia", "doris", "elin", "nobody")
#                        alva bo cia doris elin nobody
TABLE = {
    "see_person": ("person", "yes yes no yes no no"),
    "see_who_looked": ("person", "yes no no yes no no"),
    "see_organisation": ("organisation", "yes yes no no no no"),
    "see_access_log": ("organisation", "yes no no no no no"),
    "adopt": ("organisation", "yes no no no no no"),
    "manage_members": ("organisation", "yes no no no no no"),
    "edit_bank": ("", "no no no no yes no"),
}
ROWS = [
    (what, subject, who, allowed == "yes")
    for what, (subject, answers) in TABLE.items()
    for who, allowed in zip(CAST, answers.split(), strict=True)
]
VISIBLE = {"person": "yes yes no yes no no", "organisation": "yes yes no no no no", "log": "yes no no yes no no"}

Cast = dict[str, User | AnonymousUser]


@pytest.fixture
def cast(alva: User, bo: User, cia: User, doris: Person, elin: User) -> Cast:
    """Everyone by name."""
    assert doris.user is not None
    return {"alva": alva, "bo": bo, "cia": cia, "doris": doris.user, "elin": elin, "nobody": AnonymousUser()}


def about(subject: str, doris: Person) -> list[Person | Organisation]:
    """What a row's question is put about: Doris, her organisation, or nothing."""
    if subject == "person":
        return [doris]
    return [doris.organisation] if subject == "organisation" else []


def ask(what: str, user: object, subject: str, doris: Person) -> bool:
    """Puts the question `can_<what>` about Doris or her organisation."""
    question: Callable[..., bool] = getattr(p, f"can_{what}")
    return question(user, *about(subject, doris))


@pytest.mark.parametrize(("what", "subject", "who", "allowed"), ROWS)
def test_who_may(what: str, subject: str, who: str, allowed: bool, cast: Cast, doris: Person) -> None:
    assert ask(what, cast[who], subject, doris) is allowed


@pytest.mark.parametrize("what", [what for what in TABLE if what != "see_who_looked"])
def test_check_raises_exactly_where_can_says_no(what: str, cast: Cast, doris: Person) -> None:
    subject = TABLE[what][0]
    arguments = about(subject, doris)
    for user in cast.values():
        if ask(what, user, subject, doris):
            getattr(p, f"check_{what}")(user, *arguments)
        else:
            with pytest.raises(PermissionDenied):
                getattr(p, f"check_{what}")(user, *arguments)


@pytest.mark.parametrize(
    ("what", "who", "seen"),
    [(w, who, a == "yes") for w, line in VISIBLE.items() for who, a in zip(CAST, line.split(), strict=True)],
)
def test_for_user_shows_exactly(what: str, who: str, seen: bool, cast: Cast, doris: Person) -> None:
    record_access(organisation=doris.organisation, actor=None, person=doris, action=Action.VIEW)
    user = cast[who]
    rows = {
        "person": Person.objects.for_user(user).filter(pk=doris.pk),
        "organisation": Organisation.objects.for_user(user, roles=("lead", "staff")).filter(pk=doris.organisation_id),
        "log": AccessLog.objects.for_user(user).filter(person=doris),
    }[what]
    assert rows.exists() is seen


def test_an_inactive_lead_is_refused(alva: User, doris: Person) -> None:
    alva.is_active = False
    assert not p.can_see_person(alva, doris)
    assert not p.can_adopt(alva, doris.organisation)


def test_a_role_taken_away_is_gone_at_once(alva: User, lindmala: Organisation) -> None:
    assert p.can_adopt(alva, lindmala)
    Membership.objects.filter(user=alva).delete()
    assert not p.can_adopt(alva, lindmala)

"""Statements that are put together once answer as the queryset does, whatever the values, on every database."""

import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from genklang.people import services
from genklang.people.models import AccessLog, Action, Membership, Organisation, Person, Role, User
from genklang.statements import prepared

pytestmark = pytest.mark.django_db
HOUR = datetime(2026, 3, 2, 8, tzinfo=UTC)


@prepared
def _roles(user: int, role: str) -> QuerySet[Membership]:
    rows = Membership.objects.filter(user=user, role=role).select_related("organisation")
    return rows.defer("organisation__zone").order_by("organisation__name")


@prepared
def _names(keys: list[int], organisation: int) -> QuerySet[Person, str]:
    rows = Person.objects.filter(pk__in=keys, organisation=organisation, display_name__contains="%s")
    return rows.order_by("display_name").values_list("display_name", flat=True)


@prepared
def _by_id(public_id: UUID) -> QuerySet[Person, Any]:
    return Person.objects.filter(public_id=public_id).values("public_id", "display_name")


@prepared
def _seen(hour: datetime) -> QuerySet[AccessLog, tuple[str, bool]]:
    return AccessLog.objects.filter(hour=hour).values_list("purpose", "organisation__simulated")


@prepared
def _part_of(name: str) -> QuerySet[Person]:
    return Person.objects.filter(display_name__icontains=name)


def test_objects_come_with_what_is_selected_beside_them_for_each_value(
    lindmala: Organisation, granvik: Organisation, alva: User, bo: User
) -> None:
    services.add_member(email=alva.email, organisation=granvik, role=Role.LEAD)
    with CaptureQueriesContext(connection) as asked:
        found = _roles(alva.pk, Role.LEAD)
        assert [row.organisation.name for row in found] == [granvik.name, lindmala.name]
        assert found[0].organisation.get_deferred_fields() == {"zone"}
        assert [row.user_id for row in _roles(bo.pk, Role.STAFF)] == [bo.pk]
        assert _roles(bo.pk, Role.LEAD) == [] and _roles.first(bo.pk, Role.LEAD) is None
        assert _roles.count(alva.pk, Role.LEAD) == 2
    assert len(asked) == 5


def test_lists_may_be_of_any_length_and_a_sign_in_the_statement_stays(lindmala: Organisation) -> None:
    names = ["10 %s", "20 %s", "30 %s", "none"]
    keys = [services.add_person(organisation=lindmala, display_name=name).pk for name in names]
    assert _names(keys, lindmala.pk) == ["10 %s", "20 %s", "30 %s"]
    assert _names(keys[1:2], lindmala.pk) == ["20 %s"]
    assert _names.part(slice(1, 3), keys, lindmala.pk) == ["20 %s", "30 %s"]
    assert _names.part(slice(3, 6), keys, lindmala.pk) == [] and _names.count(keys, lindmala.pk) == 3
    with CaptureQueriesContext(connection) as asked:
        assert _names([], lindmala.pk) == [] and _names.count([], lindmala.pk) == 0
    assert len(asked) == 0


def test_values_have_the_types_that_django_gives_them(lindmala: Organisation) -> None:
    person = services.add_person(organisation=lindmala, display_name="Doris")
    user = services.ensure_user(email="bo@example.org")
    services.record_listing(actor=user, persons=[person], purpose="list", at=HOUR)
    assert _by_id(person.public_id) == [{"public_id": person.public_id, "display_name": "Doris"}]
    assert _seen(HOUR) == [("list", False)] and _seen(HOUR.replace(hour=9)) == []
    assert AccessLog.objects.get().action == Action.LIST


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection(lindmala: Organisation) -> None:
    person, found = services.add_person(organisation=lindmala, display_name="Doris"), list[Any]()

    def ask() -> None:
        found.extend(_by_id(person.public_id))
        connection.close()

    assert _by_id(person.public_id)
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == _by_id(person.public_id)


def test_values_are_handed_over_by_place(lindmala: Organisation) -> None:
    with pytest.raises(TypeError, match="by name"):
        _names([1], organisation=lindmala.pk)


def test_a_value_that_the_statement_would_change_is_refused() -> None:
    with pytest.raises(TypeError, match="not compared as it is"):
        _part_of("or")

"""The access log in the database itself: rows are added, and never changed or deleted, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from genklang.people import append_only
from genklang.people.models import AccessLog, Action, Organisation
from genklang.people.services import record_access

pytestmark = pytest.mark.django_db
# SQLite knows no TRUNCATE and refuses it as such.
STATEMENTS = ["UPDATE people_accesslog SET purpose = ''", "DELETE FROM people_accesslog", "TRUNCATE people_accesslog"]


@pytest.fixture
def guarded(lindmala: Organisation) -> None:
    """A row in the log, and the guard up; both are gone with the test's transaction."""
    append_only.install(connection)
    record_access(organisation=lindmala, actor=None, action=Action.CHECK, purpose="as written")
    connection.check_constraints()  # PostgreSQL empties no table while a foreign key waits to be checked


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses(statement: str, guarded: None) -> None:
    refusal = "append-only|syntax error" if statement.startswith("TRUNCATE") else "append-only"
    with pytest.raises(DatabaseError, match=refusal), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AccessLog.objects.get().purpose == "as written"


def test_rows_are_still_added(guarded: None, lindmala: Organisation) -> None:
    record_access(organisation=lindmala, actor=None, action=Action.CHECK)
    assert AccessLog.objects.count() == 2


def test_taking_down_what_is_not_there_fails(lindmala: Organisation) -> None:
    with pytest.raises(Exception, match="people_accesslog"), transaction.atomic():
        append_only.remove(connection)

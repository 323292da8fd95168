"""What every test may use: the database that GENKLANG_TEST_DATABASE names, the fixed cast, signed-in clients.

Alva owns, Bo is a colleague, Cia (another organisation) must be refused, Doris takes part, Elin edits the bank.
"""

import os
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from django.db import connection, connections
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from genklang.people import append_only, services
from genklang.people.models import Organisation, Person, Role, User
from genklang.site import environment

# A busy machine is no fault of what is tested; and what continuous integration says of a commit, it says again.
hypothesis.settings.register_profile(
    "ours",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
hypothesis.settings.load_profile("ours")
SignIn = Callable[[User | Person], Client]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Points the tests at SQLite in a temporary file, or at the PostgreSQL that GENKLANG_TEST_DATABASE names."""
    suffix = os.environ.get("PYTEST_XDIST_WORKER", "")
    folder = tmp_path_factory.mktemp("database")
    chosen = environment.database(os.environ.get("GENKLANG_TEST_DATABASE", ""), var=folder)
    # A file, not memory: the live server's threads need connections of their own.
    name = str(folder / "test.sqlite3") if "sqlite" in chosen["ENGINE"] else f"test_{chosen['NAME']}_{suffix}"
    if "sqlite" in chosen["ENGINE"]:
        chosen["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    settings = connections.settings["default"]
    settings.update(chosen | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False})
    settings["TEST"]["NAME"] = name
    if "default" in connections:
        del connections["default"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Takes down the access log's guard, which also stops tables from being emptied between tests that commit.

    It fails where the migrations have left no guard; tests/web/test_append_only.py puts it up again.
    """
    with django_db_blocker.unblock():
        append_only.remove(connection)


@pytest.fixture(autouse=True)
def _plain_settings(settings: Settings, tmp_path: Path) -> None:
    """Tests start from the safe defaults, whatever the environment of the developer says."""
    settings.GENKLANG_DEMO = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def lindmala(db: None) -> Organisation:
    """Alva's and Bo's organisation."""
    return services.add_organisation(slug="lindmala", name="Lindmåla kommun")


@pytest.fixture
def granvik(db: None) -> Organisation:
    """Cia's organisation."""
    return services.add_organisation(slug="granvik", name="Granviks kommun")


@pytest.fixture
def alva(lindmala: Organisation) -> User:
    """Leads Lindmåla."""
    return _member("Alva", lindmala, Role.LEAD)


@pytest.fixture
def bo(lindmala: Organisation) -> User:
    """Works in Lindmåla."""
    return _member("Bo", lindmala, Role.STAFF)


@pytest.fixture
def cia(granvik: Organisation) -> User:
    """Leads Granvik, and must be refused everywhere in Lindmåla."""
    return _member("Cia", granvik, Role.LEAD)


@pytest.fixture
def doris(lindmala: Organisation) -> Person:
    """A person in Lindmåla who can sign in (`doris.user`)."""
    user = User.objects.create_user("doris@example.se", name="Doris")
    return services.add_person(organisation=lindmala, display_name="Doris", birth_year=1941, user=user)


@pytest.fixture
def elin(db: None) -> User:
    """Edits the bank, and belongs to neither municipality."""
    desk = services.add_organisation(slug="genklang", name="Genklangs redaktion")
    return _member("Elin", desk, Role.EDITOR)


@pytest.fixture
def sign_in() -> SignIn:
    """`sign_in(alva)` gives a client in which Alva, or a person's own user, is signed in; pages come in English."""

    def signed_in(someone: User | Person) -> Client:
        user = someone.user if isinstance(someone, Person) else someone
        assert user is not None
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, backend=services.BACKEND)
        return client

    return signed_in


def _member(name: str, organisation: Organisation, role: Role) -> User:
    return services.add_member(email=f"{name.lower()}@example.se", organisation=organisation, role=role, name=name).user

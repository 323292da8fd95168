"""The environment's variables become settings, or a message that says what to write."""

import stat
from pathlib import Path

import pytest

from genklang.site import environment
from genklang.site.environment import BadEnvironment

VAR = Path("/srv/var")


def test_without_an_address_the_database_is_a_file_below_var() -> None:
    chosen = environment.database("", var=VAR)
    assert chosen["NAME"] == "/srv/var/genklang.sqlite3"
    assert chosen["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in chosen["OPTIONS"]["init_command"]


def test_a_postgres_address_is_taken_apart() -> None:
    chosen = environment.database("postgres://anna:p%40ss@db.example:6543/genk?sslmode=require", var=VAR)
    wanted = {"NAME": "genk", "USER": "anna", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "6543"}
    assert {key: chosen[key] for key in wanted} == wanted
    assert chosen["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize(("url", "path"), [("sqlite:///a.sqlite3", "a.sqlite3"), ("sqlite:////b/a.db", "/b/a.db")])
def test_sqlite_addresses_may_be_relative_or_absolute(url: str, path: str) -> None:
    assert environment.database(url, var=VAR)["NAME"] == path


@pytest.mark.parametrize(
    ("url", "said"),
    [("mysql://x/y", '"mysql" is no kind of database'), ("postgres://host/", "names no database")],
)
def test_a_wrong_address_is_explained(url: str, said: str) -> None:
    with pytest.raises(BadEnvironment, match=said):
        environment.database(url, var=VAR)


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = environment.secret_key({}, var=tmp_path)
    assert len(first) >= 50
    assert environment.secret_key({}, var=tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_given_secret_key_wins_and_writes_no_file(tmp_path: Path) -> None:
    assert environment.secret_key({"GENKLANG_SECRET_KEY": "given"}, var=tmp_path) == "given"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("text", "meant"), [("1", True), ("Yes", True), ("", False), ("off", False)])
def test_flags(text: str, meant: bool) -> None:
    assert environment.flag({"GENKLANG_DEMO": text}, "GENKLANG_DEMO") is meant


def test_a_flag_that_is_neither_is_refused() -> None:
    with pytest.raises(BadEnvironment, match='GENKLANG_DEMO: "maybe" is neither yes nor no'):
        environment.flag({"GENKLANG_DEMO": "maybe"}, "GENKLANG_DEMO")


def test_half_an_identity_provider_is_refused() -> None:
    with pytest.raises(BadEnvironment, match="GENKLANG_OIDC_SECRET must be set"):
        environment.openid_provider({"GENKLANG_OIDC_URL": "https://id.example", "GENKLANG_OIDC_CLIENT": "genklang"})


def test_no_identity_provider_is_fine() -> None:
    assert environment.openid_provider({}) == {}

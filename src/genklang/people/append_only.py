"""The database's own guard of the access log: whatever program writes, a row can be neither changed nor taken away.

The models refuse too, with a kinder word; this stands behind them. A migration that rebuilds the table on SQLite takes
the guard with it, and must call `install` again: the tests fail where it is missing.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "people_accesslog"
REFUSAL = "The access log is append-only: a row can be neither changed nor deleted."
_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER {TABLE}_rows BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse();
CREATE TRIGGER {TABLE}_all BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse();
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Puts the guard up."""
    _run(connection, _guards(connection.vendor))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Takes the guard down; raises a DatabaseError where there is none."""
    if connection.vendor == "postgresql":
        _run(connection, [f"DROP TRIGGER {TABLE}_rows ON {TABLE}", f"DROP TRIGGER {TABLE}_all ON {TABLE}"])
    else:
        _run(connection, [f"DROP TRIGGER {TABLE}_{what}" for what in ("update", "delete")])


def _guards(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [_POSTGRESQL]
    return [
        f"CREATE TRIGGER {TABLE}_{what} BEFORE {what} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for what in ("update", "delete")
    ]


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

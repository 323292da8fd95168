"""What commands that need the database do first: Django made ready, and the tables as this version wants them."""

from __future__ import annotations

import os
import sys


def start_django() -> None:
    """Makes Django's models importable."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genklang.site.settings")
    django.setup()


def ready() -> bool:
    """True when the database answers and has this version's tables; else says why not, on stderr."""
    start_django()
    from django.db import OperationalError

    try:
        missing = missing_migrations()
    except OperationalError:
        print("genklang: the database does not answer. Check GENKLANG_DATABASE, and that it runs.", file=sys.stderr)
        return False
    if missing:
        print(f"genklang: the database lacks {missing} changes. Run: genklang serve --migrate", file=sys.stderr)
    return not missing


def missing_migrations() -> int:
    """How many migrations the database still needs."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Brings the tables up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)

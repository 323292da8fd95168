"""The database refuses what the models refuse: changing or deleting a row of the access log."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from genklang.people import append_only


def _install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.install(schema_editor.connection)


def _remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_one_list_row_an_hour"),
    ]

    operations = [
        migrations.RunPython(_install, _remove),
    ]

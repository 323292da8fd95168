"""When something next happens by itself moves from the enrolment's row to a table of its own."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

THERE = """
INSERT INTO operate_deadline (enrolment_id, at, paused)
SELECT enrolment.id, enrolment.next_deadline, adoption.status <> 'running'
FROM operate_enrolment enrolment JOIN operate_adoption adoption ON adoption.id = enrolment.adoption_id
WHERE enrolment.next_deadline IS NOT NULL AND NOT adoption.historical
"""
BACK = """
UPDATE operate_enrolment SET next_deadline = (SELECT at FROM operate_deadline WHERE enrolment_id = operate_enrolment.id)
"""
# In hundredths of a page: the rest is for new versions of rows, so that they stand where the indexes point already.
FILLED = {"operate_enrolment": 75, "operate_due": 85}


def leave_room(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL: pages that are written from now on are not filled to the brim."""
    if editor.connection.vendor == "postgresql":
        for table, part in FILLED.items():
            editor.execute(f"ALTER TABLE {table} SET (fillfactor = {part})")


def fill_up(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """As before."""
    if editor.connection.vendor == "postgresql":
        for table in FILLED:
            editor.execute(f"ALTER TABLE {table} RESET (fillfactor)")


class Migration(migrations.Migration):
    """A row for everybody to whom time brings something."""

    dependencies = [("operate", "0016_kept_figures")]

    operations = [
        migrations.CreateModel(
            name="Deadline",
            fields=[
                (
                    "enrolment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="deadline",
                        serialize=False,
                        to="operate.enrolment",
                    ),
                ),
                ("at", models.BigIntegerField()),
                ("paused", models.BooleanField(default=False)),
            ],
        ),
        migrations.RunSQL(THERE, BACK),
        migrations.RemoveIndex(model_name="enrolment", name="operate_what_is_due"),
        migrations.RemoveField(model_name="enrolment", name="next_deadline"),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(condition=models.Q(("paused", False)), fields=["at"], name="operate_what_is_due"),
        ),
        migrations.RunPython(leave_room, fill_up),
    ]

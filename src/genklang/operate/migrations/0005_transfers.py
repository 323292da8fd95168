import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operate", "0004_guests_and_files")]

    operations = [
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ledger", models.CharField(max_length=60)),
                ("event", models.CharField(max_length=200)),
                ("part", models.PositiveSmallIntegerField(default=0)),
                ("occurred_at", models.BigIntegerField()),
                ("source_account", models.CharField(blank=True, max_length=60)),
                ("target_account", models.CharField(blank=True, max_length=60)),
                ("hundredths", models.BigIntegerField()),
                (
                    "adoption",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="transfers", to="operate.adoption"
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="transfers", to="operate.enrolment"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paid",
                        to="operate.enrolment",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="received",
                        to="operate.enrolment",
                    ),
                ),
            ],
            options={
                "ordering": ["-occurred_at", "-pk"],
                "indexes": [
                    models.Index(fields=["adoption", "ledger", "-occurred_at"], name="operate_transfers_of_ledger")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("enrolment", "ledger", "event", "part"), name="operate_one_transfer_a_part"
                    )
                ],
            },
        ),
    ]

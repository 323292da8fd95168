"""What events have moved between accounts, as rows: written with the log by `books`, and safe to make anew from it."""

from django.db import models


class Transfer(models.Model):
    """An amount taken from one account and given to another, in hundredths of the ledger's unit.

    `source` and `target` are enrolments; where one is empty, its account is the ledger's own of that name.
    """

    adoption = models.ForeignKey("operate.Adoption", on_delete=models.CASCADE, related_name="transfers")
    enrolment = models.ForeignKey("operate.Enrolment", on_delete=models.CASCADE, related_name="transfers")
    ledger = models.CharField(max_length=60)
    event = models.CharField(max_length=200)
    part = models.PositiveSmallIntegerField(default=0)
    occurred_at = models.BigIntegerField()
    source = models.ForeignKey("operate.Enrolment", null=True, on_delete=models.CASCADE, related_name="paid")
    source_account = models.CharField(max_length=60, blank=True)
    target = models.ForeignKey("operate.Enrolment", null=True, on_delete=models.CASCADE, related_name="received")
    target_account = models.CharField(max_length=60, blank=True)
    hundredths = models.BigIntegerField()

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "ledger", "event", "part"], name="operate_one_transfer_a_part")
        ]
        indexes = [models.Index(fields=["adoption", "ledger", "-occurred_at"], name="operate_transfers_of_ledger")]

    def __str__(self) -> str:
        return f"{self.ledger} {self.event}"

"""What an adoption remembers of its places: who waits, who holds one, what has been promised. Written only by `inside`.

Derived from how enrolments stand, but for what is promised and not yet recorded, and when places were given.
"""

from django.db import models


class SharedState(models.Model):
    """One row an adoption, locked alone: whoever holds it locks no enrolment meanwhile.

    `stale` when everybody must be looked at anew; `next_free` is when a running period lets the next one start.
    """

    adoption = models.OneToOneField("operate.Adoption", on_delete=models.CASCADE, related_name="shared_state")
    state = models.JSONField(default=dict)
    stale = models.BooleanField(default=True)
    next_free = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_free"], name="operate_when_free", condition=models.Q(next_free__isnull=False))
        ]

    def __str__(self) -> str:
        return f"places of {self.adoption_id}"

"""What a form asked and what it did not need to ask. Written when a form is sent; see `sparing`."""

from django.db import models


class SentForm(models.Model):
    """One form that somebody sent: how many questions were asked, and of those known before, how many still held.

    Only questions about what can be known count: those that state a fact.
    `confirmed`: the known answer was sent on as it was, so nobody had to answer. `corrected`: it was changed, so the
    question was asked after all. `asked`: all other questions that were answered; `repeated` are those among them that
    had been answered before, too long ago to hold. `event` is the key in the log.
    """

    adoption = models.ForeignKey("operate.Adoption", on_delete=models.CASCADE, related_name="+")
    event = models.CharField(max_length=200)
    asked = models.PositiveSmallIntegerField(default=0)
    repeated = models.PositiveSmallIntegerField(default=0)
    confirmed = models.PositiveSmallIntegerField(default=0)
    corrected = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adoption", "event"], name="operate_one_form_per_event")]

    def __str__(self) -> str:
        return self.event

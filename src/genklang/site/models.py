"""Feedback on accessibility: the site's one table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Feedback(models.Model):
    """What a visitor wrote about something that does not work; the address is given only for an answer."""

    page = models.CharField(_("Which page was it about?"), max_length=200, blank=True)
    text = models.TextField(_("What does not work for you?"), max_length=4000)
    answer_to = models.EmailField(_("E-mail address, if you want an answer"), blank=True)
    at = models.DateTimeField(_("Received"), auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at.isoformat()} {self.page}"

"""The address where anybody can apply to an adoption. It is public, for posters and leaflets. Written by `applying`."""

from django.conf import settings
from django.db import models


class ApplyAddress(models.Model):
    """An adoption's own word in the address. It stays when it is taken away: opened again, old leaflets are true."""

    adoption = models.OneToOneField("operate.Adoption", on_delete=models.CASCADE, related_name="apply_address")
    word = models.SlugField(max_length=60, unique=True, editable=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    taken_away_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "apply addresses"

    def __str__(self) -> str:
        return self.word

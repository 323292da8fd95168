"""The secret address of an adoption's wall screen. Only its hash is kept. Written only by `boarding`."""

from django.conf import settings
from django.db import models


class BoardAddress(models.Model):
    """The one address under which a screen on a wall shows the adoption's board, without anybody signing in."""

    adoption = models.OneToOneField("operate.Adoption", on_delete=models.CASCADE, related_name="board_address")
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "board addresses"

    def __str__(self) -> str:
        return str(self.adoption_id)

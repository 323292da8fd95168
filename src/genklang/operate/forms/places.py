"""How many places there are here: in all, to start in a period, and each share's own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _

from genklang.bank.wording import duration
from genklang.engine.shared.queue import Limits
from genklang.operate.forms.fields import NumberField
from genklang.operate.pages.words import say
from genklang.protocol.together import Place

SHARE = "share-"
MOST = 100_000


class PlacesForm(forms.Form):
    """The organisation's own numbers; the practice's stand there to begin with."""

    def __init__(self, *args: Any, place: Place, limits: Limits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        if limits.capacity is not None:
            self._add("capacity", _("Places in all"), limits.capacity)
        if limits.starts is not None:
            assert place.per is not None
            self._add("starts", _("How many may start in %(period)s") % {"period": duration(place.per)}, limits.starts)
        for name, share in place.shares.items():
            self._add(SHARE + name, say(share), limits.shares[name])

    @property
    def totals(self) -> list[BoundField]:
        """How many in all."""
        return [self[name] for name in self.fields if not name.startswith(SHARE)]

    @property
    def share_fields(self) -> list[BoundField]:
        """Each share's own."""
        return [self[name] for name in self.fields if name.startswith(SHARE)]

    @property
    def own(self) -> dict[str, Any]:
        """The numbers as the overlay keeps them."""
        written: dict[str, Any] = {
            name: self.cleaned_data[name] for name in ("capacity", "starts") if name in self.fields
        }
        shares = {name: self.cleaned_data[SHARE + name] for name in self.place.shares}
        return {**written, **({"shares": shares} if shares else {})}

    def clean(self) -> dict[str, Any]:
        """Shares that fit within the whole."""
        cleaned = super().clean() or {}
        owned = [cleaned.get(name) for name in self.fields if name.startswith(SHARE)]
        total = sum(number for number in owned if number is not None)
        capacity = cleaned.get("capacity")
        if capacity is not None and total > capacity:
            message = _("The shares own %(total)s together. Write at least as many in all, or smaller shares.")
            self.add_error("capacity", ValidationError(message, params={"total": total}))
        return cleaned

    def _add(self, name: str, label: str, now: int) -> None:
        self.fields[name] = NumberField(label=label, whole=True, least=0, most=MOST, initial=now)
        self.fields[name].error_messages["required"] = _("Nothing is written. Write a number.")

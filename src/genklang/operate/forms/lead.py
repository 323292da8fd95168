"""The lead's forms: adopting, enrolling, handing out keys, changing an adoption."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from genklang.operate.forms.fields import NumberField
from genklang.operate.models import Token
from genklang.operate.pages.words import say
from genklang.people.models import User
from genklang.protocol.types import Protocol
from genklang.protocol.units import Money

PRICE, ROLE = "price-", "role-"
COMMON_ZONES = ("Europe/Stockholm", "Europe/Helsinki", "Europe/Oslo", "Europe/Copenhagen", "UTC")


class OwnValuesForm(forms.Form):
    """What an organisation sets for itself: the adoption's name and zone, its prices, who does what."""

    name = forms.CharField(label=_("What will you call it here?"), max_length=120)
    zone = forms.CharField(
        label=_("Time zone"), max_length=64, help_text=_("All times follow the clocks here, summer time included.")
    )

    def __init__(self, *args: Any, protocol: Protocol, members: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.protocol = protocol
        self.fields["zone"].widget.attrs["list"] = "zones"
        self._add_prices()
        self._add_roles([(str(user.pk), str(user)) for user in members])
        for field in self.fields.values():
            field.error_messages["required"] = _("Nothing is written. Write an answer.")

    def clean_zone(self) -> str:
        """The zone; raises ValidationError for a name that is none."""
        zone = str(self.cleaned_data["zone"]).strip()
        if zone not in available_timezones():
            message = _("“%(value)s” is no time zone. Write a name such as Europe/Stockholm.")
            raise ValidationError(message, params={"value": zone})
        return zone

    @property
    def basics(self) -> list[BoundField]:
        """Name and zone."""
        return [self["name"], self["zone"]]

    @property
    def price_fields(self) -> list[BoundField]:
        """One field a price of the protocol."""
        return [self[name] for name in self.fields if name.startswith(PRICE)]

    @property
    def role_fields(self) -> list[BoundField]:
        """One field a staff role of the protocol."""
        return [self[name] for name in self.fields if name.startswith(ROLE)]

    @property
    def prices(self) -> dict[str, Money]:
        """The prices as written, in the protocol's currency."""
        currency = {name: price.amount.currency for name, price in _prices(self.protocol).items()}
        return {
            name: Money(Decimal(str(self.cleaned_data[PRICE + name])), currency[name])
            for name in currency
            if self.cleaned_data.get(PRICE + name) is not None
        }

    @property
    def assigned(self) -> dict[str, list[int]]:
        """The ids of those who hold each role."""
        roles = self.protocol.staff_roles
        return {name: [int(key) for key in self.cleaned_data.get(ROLE + name, [])] for name in roles}

    def _add_prices(self) -> None:
        for name, price in _prices(self.protocol).items():
            source = say(price.source) if price.source else ""
            self.fields[PRICE + name] = NumberField(
                label=f"{say(price)} ({price.amount.currency})",
                least=0,
                initial=float(price.amount.amount),
                help_text=str(_("From the source: %(source)s")) % {"source": source} if source else "",
            )

    def _add_roles(self, members: list[tuple[str, str]]) -> None:
        for name in self.protocol.staff_roles:
            self.fields[ROLE + name] = forms.MultipleChoiceField(
                label=say(self.protocol.roles[name]),
                choices=members,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )


class TokenForm(forms.Form):
    """A new key for a device or system."""

    label = forms.CharField(
        label=_("What will use the key?"), max_length=80, help_text=_("For example: dispensers from the supplier")
    )
    bearer = forms.ChoiceField(label=_("Kind"), choices=Token.Bearer.choices, widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Only for this participant (number)"),
        max_length=80,
        required=False,
        help_text=_("Left empty, the key may report for everyone in the adoption."),
    )


class ImportForm(forms.Form):
    """A file with rows to import."""

    file = forms.FileField(label=_("File (CSV or XLSX)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].error_messages["required"] = _("No file is chosen. Choose a CSV or XLSX file.")


class LogForm(forms.Form):
    """Narrows the event log."""

    kind = forms.ChoiceField(label=_("What happened"), required=False)
    number = forms.CharField(label=_("Participant's number"), max_length=80, required=False)
    only = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("", _("Everything")), ("held", _("Only what waits"))]
    )

    def __init__(self, *args: Any, kinds: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Everything")), *kinds.items()]


def _prices(protocol: Protocol) -> Mapping[str, Any]:
    return protocol.economy.prices if protocol.economy else {}

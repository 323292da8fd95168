"""What an adopting organisation may write in its overlay: own prices, own names, where its channels lead."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic import ValidationError as Invalid

from genklang.operate.sender import Sender
from genklang.protocol.units import MoneyField

Channel = Literal["device", "sms", "email", "alarm"]


def check_address(value: str) -> str:
    """The address itself; raises ValueError unless it is a full http or https address without a password."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.password:
        raise ValueError("is no web address. Write the whole of it, for example https://alarm.example.se/in")
    return value


class OwnPlaces(BaseModel):
    """An organisation's own number of places; each may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    capacity: int | None = Field(None, ge=0, le=100_000)
    starts: int | None = Field(None, ge=0, le=100_000)
    shares: dict[str, Annotated[int, Field(ge=0, le=100_000)]] = Field(default_factory=dict)


class Overlay(BaseModel):
    """An organisation's own values beside a protocol; everything may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prices: dict[str, MoneyField] = Field(default_factory=dict)
    names: dict[str, str] = Field(default_factory=dict)
    parameters: dict[str, float] = Field(default_factory=dict)
    places: dict[str, OwnPlaces] = Field(default_factory=dict)
    sender: Sender | None = None
    channels: dict[Channel, Annotated[str, AfterValidator(check_address)]] = Field(default_factory=dict)


def check_overlay(value: object) -> None:
    """Raises Django's ValidationError with one message for each thing that is wrong."""
    try:
        Overlay.model_validate(value)
    except Invalid as invalid:
        messages = [_message(error["loc"], error["msg"], error["input"]) for error in invalid.errors()]
        raise ValidationError(messages) from None


def _message(place: tuple[int | str, ...], what: str, written: object) -> str:
    where = ".".join(map(str, place)) or _("own values")
    return f"{where}: “{written}” {what.removeprefix('Value error, ')}."

"""The form that a protocol's event is: one question for each of its fields, by its type.

What is already known about the person is shown for confirmation instead of asked: the field is then filled in and
listed by `confirmed`. Whatever is wrong, everything else that was written stays.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.formats import localize
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from genklang.bank.wording import own_unit
from genklang.operate.forms.fields import ClockTimesField, InstantField, NumberField, NumbersField
from genklang.protocol.types import DataField, EventField, EventKind
from genklang.voices.forms import MediaField, SubtitlesField

HAPPENED = "_occurred_at"
KEY = "_key"
RADIO_LIMIT = 7


@dataclass(frozen=True)
class Asking:
    """What a form is made with: the event, where its times are, what is known, and what may be chosen between.

    `choices` gives, for a field that points at something, the answers to choose between (for example open bookings);
    `given` fills in a field without asking (for example who answers); `chosen` is answered until somebody changes it;
    `since` says when what is known was said, and where; `again` are questions answered before, too long ago to hold;
    `stands_for` tells what a choice is recorded as, by field and choice, where that is nobody's to see.
    """

    kind: EventKind
    zone: str
    now: datetime
    known: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    again: frozenset[str] = frozenset()
    stands_for: Mapping[tuple[str, str], str] = field(default_factory=dict)
    may_be_earlier: bool = True


class Spared(NamedTuple):
    """What a form asked of what can be known: see the model `SentForm`."""

    asked: int
    repeated: int
    confirmed: int
    corrected: int


class AnswerForm(forms.Form):
    """A protocol's event as a form. `answers` is what it carries, ready to be recorded."""

    use_required_attribute = False

    def __init__(self, asking: Asking, *args: Any, **kwargs: Any) -> None:
        filled = {**asking.chosen, **asking.known}
        kwargs.setdefault("initial", {name: _as_initial(value) for name, value in filled.items()})
        super().__init__(*args, **kwargs)
        self.asking = asking
        zone = ZoneInfo(asking.zone)
        for name, question in asking.kind.fields.items():
            if name not in asking.given:
                self.fields[name] = form_field(question, zone=zone, choices=asking.choices.get(name))
        if asking.may_be_earlier:
            self.fields[HAPPENED] = InstantField(zone=zone, required=False, label=_("When did it happen?"))
            self.fields[HAPPENED].help_text = _("Leave it empty if it was just now.")
        self.fields[KEY] = forms.CharField(widget=forms.HiddenInput, initial=lambda: uuid.uuid4().hex, max_length=64)

    def clean(self) -> dict[str, Any]:
        """What was answered; an event cannot happen later than now."""
        cleaned = super().clean() or {}
        moment = cleaned.get(HAPPENED)
        if moment and moment > self.asking.now:
            self.add_error(
                HAPPENED, ValidationError(_("This is still to come. Write when it happened, or leave it empty."))
            )
        return cleaned

    @property
    def questions(self) -> list[BoundField]:
        """The fields that are asked, in the protocol's order."""
        return [self[name] for name in self._asked() if not self._is_confirmed(name)]

    @property
    def confirmed(self) -> list[tuple[BoundField, str, str]]:
        """The fields whose answer is known already, each with the answer in words and when it was said."""
        since = self.asking.since
        return [
            (self[name], self._in_words(name), since.get(name, ""))
            for name in self._asked()
            if self._is_confirmed(name)
        ]

    @property
    def happened(self) -> BoundField | None:
        """The field for when it happened."""
        return self[HAPPENED] if HAPPENED in self.fields else None

    @property
    def answers(self) -> dict[str, Any]:
        """What the event carries: only what was answered, as JSON."""
        found = {name: _as_json(self.cleaned_data.get(name)) for name in self._asked()}
        stands_for = self.asking.stands_for
        found = {
            name: stands_for.get((name, value), value) if isinstance(value, str) else value
            for name, value in found.items()
        }
        return {**self.asking.given, **{name: value for name, value in found.items() if value not in (None, "", [])}}

    @property
    def spared(self) -> Spared:
        """How many questions about what can be known were asked, asked again, and spared, once the form is valid."""
        questions = [name for name in self._asked() if self.asking.kind.fields[name].states]
        answers = self.answers
        known = [name for name in questions if self.asking.known.get(name) is not None]
        held = [name for name in known if answers.get(name) == self.asking.known[name]]
        open_questions = [name for name in questions if name not in known and name in answers]
        return Spared(
            asked=len(open_questions),
            repeated=len(self.asking.again.intersection(open_questions)),
            confirmed=len(held),
            corrected=len(known) - len(held),
        )

    @property
    def occurred_at(self) -> datetime | None:
        """When it happened; None for just now."""
        return self.cleaned_data.get(HAPPENED)

    @property
    def key(self) -> str:
        """The same however often the form is sent."""
        return str(self.cleaned_data[KEY])

    def _asked(self) -> list[str]:
        return [name for name in self.asking.kind.fields if name in self.fields]

    def _is_confirmed(self, name: str) -> bool:
        return self.asking.known.get(name) is not None and not (self.is_bound and name in self.errors)

    def _in_words(self, name: str) -> str:
        return answer_in_words(self.asking.kind.fields[name], self.asking.known.get(name))


def form_field(
    question: EventField, *, zone: ZoneInfo, choices: Sequence[tuple[str, str]] | None = None
) -> forms.Field:
    """The form field of a question. Errors say what to write; help tells the bounds."""
    if choices is not None and not question.required and not question.many:
        choices = [("", _("None of them")), *choices]
    made = _choice(choices, many=question.many) if choices is not None else _made(question, zone)
    made.required = question.required
    made.label = question.in_language(_language())
    made.help_text = _help(question, made)
    if choices is not None and not choices:
        made.help_text = _("There is nothing to choose between yet.")
    made.error_messages["required"] = _missing(question, is_choice=choices is not None)
    made.error_messages["invalid_choice"] = _("“%(value)s” is not among the answers. Choose one of them.")
    return made


def answer_in_words(question: DataField, value: Any) -> str:
    """An answer as people say it: yes, 08:00 and 20:00, 65–75 years, 12 hours."""
    if value is None:
        return _("not known")
    if question.type == "boolean":
        return _("Yes") if value else _("No")
    if question.type == "choice" and value in question.options:
        return question.options[value].in_language(_language())
    if question.type in ("times", "numbers"):
        return _listed([str(localize(each)) for each in value])
    unit = f" {own_unit(question.unit, value)}" if question.unit else ""
    shown = round(value, 2) if isinstance(value, float) else value
    return f"{NumberField().prepare_value(shown)}{unit}"


def _made(question: EventField, zone: ZoneInfo) -> forms.Field:
    match question.type:
        case "boolean":
            yes_no = [("true", _("Yes")), ("false", _("No"))]
            return forms.TypedChoiceField(
                choices=yes_no, widget=forms.RadioSelect, coerce=lambda value: value == "true", empty_value=None
            )
        case "integer" | "number":
            return NumberField(whole=question.type == "integer", least=question.min, most=question.max)
        case "date":
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"))
        case "time":
            return forms.TimeField(widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"))
        case "times":
            return ClockTimesField(max_length=200)
        case "numbers":
            return NumbersField(max_length=2000)
        case "instant":
            return InstantField(zone=zone)
        case "file" if "subtitles" in question.accept:
            return SubtitlesField(max_length=200_000)
        case "file":
            return MediaField(accept=question.accept)
        case "choice":
            return _choice([(name, text.in_language(_language())) for name, text in question.options.items()])
    return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


def _choice(choices: Sequence[tuple[str, str]], *, many: bool = False) -> forms.Field:
    if many:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)
    if len(choices) <= RADIO_LIMIT:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)
    return forms.ChoiceField(choices=[("", _("Choose …")), *choices])


def _help(question: EventField, made: forms.Field) -> str:
    own = question.help.in_language(_language()) if question.help else ""
    unit = question.unit.in_language(_language()) if question.unit else ""
    bounds = made.bounds() if isinstance(made, NumberField | MediaField | SubtitlesField) else ""
    count = _("In %(unit)s.") % {"unit": unit} if unit else ""
    several = {
        "times": _("Write every time of the day, for example 08:00, 20:00."),
        "numbers": _("Write several after each other, for example 3; 4; 6."),
    }.get(question.type, "")
    return " ".join(filter(None, [own, count, bounds, several]))


def _missing(question: EventField, *, is_choice: bool) -> str:
    if question.type in {"boolean", "choice"} or is_choice:
        return _("Nothing is chosen. Choose one of the answers.")
    return _("Nothing is written. Write an answer.")


def _as_initial(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else value


def _listed(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _language() -> str:
    return get_language() or "sv"


class ByAttribute:
    """A form of answers as templates ask it: by its attributes alone, for a question may be called “errors” too."""

    def __init__(self, form: AnswerForm) -> None:
        self._form = form

    def __getattr__(self, name: str) -> Any:
        return getattr(self._form, name)

    def __iter__(self) -> Iterator[BoundField]:
        return iter(self._form)

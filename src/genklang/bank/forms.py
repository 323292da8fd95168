"""The bank's forms: finding and comparing. Choices come from what the shown practices hold."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genklang.bank.models import Practice
from genklang.bank.selectors import Wanted
from genklang.bank.vocabulary import label, vocabulary
from genklang.bank.wording import language

MOST_COMPARED = 3


class FindForm(forms.Form):
    """People's own words, and four filters. What is not a choice is treated as not chosen, never as an error."""

    q = forms.CharField(
        label=_("What are you looking for?"),
        help_text=_("Use your own words, for example “grandmother wants to stay at home”."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    area = forms.ChoiceField(label=_("Area"), required=False)
    group = forms.ChoiceField(label=_("For whom"), required=False)
    factor = forms.ChoiceField(label=_("What helped"), required=False)
    design = forms.ChoiceField(label=_("Kind of evidence"), required=False)

    def __init__(self, data: object, practices: Iterable[Practice]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        shown = list(practices)
        self._offer("area", "areas", {name for practice in shown for name in practice.areas})
        self._offer("group", "target_groups", {name for practice in shown for name in practice.target_groups})
        self._offer("factor", "success_factors", {name for practice in shown for name in practice.success_factors})
        self._offer("design", "designs", {practice.design for practice in shown})

    def wanted(self) -> Wanted:
        """What was asked for, without what could not be understood."""
        self.is_valid()
        chosen = self.cleaned_data
        return Wanted(
            words=chosen.get("q", "") or str(self.data.get("q", ""))[:200],
            area=chosen.get("area", ""),
            target_group=chosen.get("group", ""),
            success_factor=chosen.get("factor", ""),
            design=chosen.get("design", ""),
        )

    def _offer(self, field: str, kind: str, names: set[str]) -> None:
        in_order = [name for name in vocabulary()[kind] if name in names]
        chooser = self.fields[field]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = [("", gettext("Any")), *((name, label(kind, name, language())) for name in in_order)]


class ForUsForm(forms.Form):
    """How many people it would be for."""

    people = forms.IntegerField(
        label=_("How many people would take part with you?"), min_value=1, max_value=1_000_000, required=False
    )

    def asked(self, otherwise: int = 100) -> int:
        """The number; another where nobody has said."""
        return (self.cleaned_data.get("people") if self.is_valid() else None) or otherwise


class CompareForm(forms.Form):
    """Two or three practices to lay beside each other."""

    practice = forms.MultipleChoiceField(
        label=_("Which ones?"),
        help_text=_("Choose two or three."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose two or three practices."),
            "invalid_choice": _("There is no practice called “%(value)s” in the bank. Choose among those below."),
        },
    )

    def __init__(self, data: object, practices: Iterable[Practice]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        chooser = self.fields["practice"]
        assert isinstance(chooser, forms.MultipleChoiceField)
        chooser.choices = [(practice.slug, practice.title) for practice in practices]

    def clean_practice(self) -> list[str]:
        """At most three, each once."""
        chosen = list(dict.fromkeys(self.cleaned_data["practice"]))
        if len(chosen) > MOST_COMPARED:
            raise forms.ValidationError(
                gettext("You chose %(count)s. Choose at most three: more do not fit side by side.")
                % {"count": len(chosen)}
            )
        return chosen

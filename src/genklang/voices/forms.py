"""Fields for handing in media: what is not accepted is told at the field, with what to do instead."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from genklang.voices import cues
from genklang.voices.services import sniffed
from genklang.voices.sniffing import LARGEST, MB, Kind

UPLOADED: tuple[Kind, ...] = ("film", "picture", "sound", "document")
ASKED_FOR = {
    "film": "video/mp4,video/webm,video/quicktime",
    "picture": "image/jpeg,image/png,image/webp,image/gif",
    "sound": "audio/mpeg,audio/mp4,audio/ogg,audio/wav",
    "document": "application/pdf",
}


class MediaField(forms.FileField):
    """A film, picture, sound or document; cleaned to the uploaded file. `accept` are the kinds it may be."""

    def __init__(self, *, accept: Collection[str] = (), **kwargs: Any) -> None:
        self.accept = tuple(kind for kind in UPLOADED if kind in accept) or UPLOADED
        types = ",".join(ASKED_FOR[kind] for kind in self.accept)
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": types}))
        super().__init__(**kwargs)
        self.error_messages["empty"] = _("The file is empty. Choose another.")

    def clean(self, data: Any, initial: Any = None) -> UploadedFile[bytes] | None:
        """The file; raises ValidationError for what it is not, and what is too large."""
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return None
        found = sniffed(upload)
        if found is None or found.kind not in self.accept:
            wanted = _("Choose %(kinds)s.") % {"kinds": kinds_in_words(self.accept)}
            raise ValidationError(_("This is not a kind of file that can be used here.") + " " + wanted)
        largest = LARGEST[found.kind]
        if (upload.size or 0) > largest:
            text = _("The file is %(size)d MB, and at most %(largest)d MB can be kept. Make it shorter or smaller.")
            raise ValidationError(text % {"size": (upload.size or 0) // MB + 1, "largest": largest // MB})
        return upload

    def bounds(self) -> str:
        """What may be chosen, in words."""
        return _("Choose %(kinds)s.") % {"kinds": kinds_in_words(self.accept)}


class SubtitlesWidget(forms.Textarea):
    """A box for lines, and beside it a file to take them from instead."""

    template_name = "voices/subtitles_input.html"
    needs_multipart_form = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The file's text where one was chosen, else what was written."""
        upload = files.get(f"{name}_file")
        if upload is None:
            return super().value_from_datadict(data, files, name)
        if upload.size > LARGEST["subtitles"]:
            return "\x00"
        return upload.read().decode("utf-8-sig", "replace")


class SubtitlesField(forms.CharField):
    """Subtitles, as WebVTT, SRT or lines that begin with a time; cleaned to the text as it was written."""

    widget = SubtitlesWidget(attrs={"rows": 6, "spellcheck": "true"})

    def clean(self, value: Any) -> str:
        """The text; raises ValidationError naming the line that cannot be read."""
        text = str(super().clean(value))
        if text and "\x00" in text:
            raise ValidationError(_("The file is no text with times. Choose a WebVTT or SRT file, or write the lines."))
        try:
            if text:
                cues.read(text)
        except cues.NoSubtitles as wrong:
            message = _("Line %(line)d, “%(written)s”, has no time. Write for example 0:05 Now we share twelve.")
            raise ValidationError(message % {"line": wrong.line, "written": wrong.written}) from None
        return text

    def bounds(self) -> str:
        """How it is written."""
        return _("Each line begins with the time it is said, for example 0:05 Now we share twelve among three.")


def kinds_in_words(kinds: Collection[str]) -> str:
    """ "a film or a picture"."""
    names = {
        "film": _("a film (MP4, WebM)"),
        "picture": _("a picture (JPEG, PNG, WebP)"),
        "sound": _("a sound file (MP3, M4A)"),
        "document": _("a PDF"),
    }
    words = [names[kind] for kind in kinds]
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s or %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}

"""Handing in the files of a form before its event is recorded, since no transaction waits for a large one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from genklang.operate import attaching
from genklang.operate.machines import machine_for
from genklang.operate.models import Attachment, Enrolment
from genklang.operate.problems import Problem, Refused
from genklang.people.models import User
from genklang.voices import services as voices
from genklang.voices.models import Media


@contextmanager
def handed_in(
    enrolment: Enrolment, kind: str, data: Mapping[str, Any], *, user: User | None
) -> Iterator[dict[str, Any]]:
    """The answers with their files kept, ready to be recorded within. What no event then has is taken away again."""
    kept: dict[str, Media] = {}
    try:
        for name, value in data.items():
            if media := _keep(enrolment, kind, name, value, user):
                kept[name] = media
        yield {**data, **{name: str(media.public_id) for name, media in kept.items()}}
    finally:
        tied = set(Attachment.objects.filter(media__in=kept.values()).values_list("media", flat=True)) if kept else ()
        attaching.forget(media for media in kept.values() if media.pk not in tied)


def _keep(enrolment: Enrolment, kind: str, name: str, value: object, user: User | None) -> Media | None:
    """The media of an answer, where the answer is one."""
    declared = machine_for(enrolment).protocol.events[kind].fields.get(name)
    if declared is None or declared.type != "file":
        return None
    organisation = enrolment.adoption.organisation
    try:
        if isinstance(value, UploadedFile):
            return voices.keep(organisation=organisation, upload=value, user=user)
        if isinstance(value, str) and "subtitles" in declared.accept:
            return voices.keep_subtitles(organisation=organisation, text=value, user=user)
    except OSError:
        instead = _("Try again in a while; tell whoever runs the system if it goes on.")
        raise Refused([Problem(name, _("could not be saved"), instead)]) from None
    return None

"""Recording what a form says, its files with it: handed in first, since no transaction waits for a large one."""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from genklang.operate import attaching, services
from genklang.operate.incoming import Outcome, RowAnswer, Source
from genklang.operate.machines import machine_for
from genklang.operate.models import Enrolment
from genklang.operate.problems import Problem, Refused
from genklang.voices import services as voices
from genklang.voices.models import Media


def record_answers(
    enrolment: Enrolment, kind: str, data: Mapping[str, Any], *, source: Source, at: int | None = None, id: str = ""
) -> RowAnswer:
    """Records what a form says, its files with it. Raises Refused, and then neither event nor file is kept."""
    kept: dict[str, Media] = {}
    try:
        for name, value in data.items():
            if media := _keep(enrolment, kind, name, value, source):
                kept[name] = media
        plain = {**data, **{name: str(media.public_id) for name, media in kept.items()}}
        answer = services.record_one(enrolment, kind, plain, source=source, at=at, id=id)
    except BaseException:
        attaching.forget(kept.values())
        raise
    if answer.status is Outcome.DUPLICATE:
        attaching.forget(kept.values())
    return answer


def _keep(enrolment: Enrolment, kind: str, name: str, value: object, source: Source) -> Media | None:
    """The media of an answer, where the answer is one."""
    declared = machine_for(enrolment).protocol.events[kind].fields.get(name)
    if declared is None or declared.type != "file":
        return None
    organisation = enrolment.adoption.organisation
    try:
        if isinstance(value, UploadedFile):
            return voices.keep(organisation=organisation, upload=value, user=source.user)
        if isinstance(value, str) and "subtitles" in declared.accept:
            return voices.keep_subtitles(organisation=organisation, text=value, user=source.user)
    except OSError:
        instead = _("Try again in a while; tell whoever runs the system if it goes on.")
        raise Refused([Problem(name, _("could not be saved"), instead)]) from None
    return None

"""When something next happens to an enrolment by itself: a table of its own, in which the worker alone looks.

An enrolment's row is written with every event. As long as no index holds what changes in it, PostgreSQL writes it
beside the old one and none of its indexes; so what changes most, and must be found in order, stands here.
"""

from collections.abc import Iterable
from operator import itemgetter

from django.db import models
from django.db.models import Q, QuerySet

from genklang.operate.rows import delete, insert_plain

BY_ENROLMENT = {"enrolment_id": "bigint"}


class Deadline(models.Model):
    """When something next happens by itself (µs); no row where nothing does.

    `paused` once it has come while the adoption was paused, or had ended: nobody looks at it until that is over.
    """

    enrolment = models.OneToOneField(
        "operate.Enrolment", primary_key=True, on_delete=models.CASCADE, related_name="deadline"
    )
    at = models.BigIntegerField()
    paused = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["at"], name="operate_what_is_due", condition=Q(paused=False))]

    def __str__(self) -> str:
        return f"{self.enrolment_id} at {self.at}"


def watched() -> "QuerySet[Deadline]":
    """Those that the worker looks at."""
    return Deadline.objects.filter(paused=False)


def write(planned: Iterable[tuple[int, int | None]]) -> None:
    """Writes when something next happens to enrolments, by their numbers. The caller holds their locks.

    In the order of the numbers, as whoever starts an adoption again takes them: so neither waits for the other.
    """
    rows = sorted(planned, key=itemgetter(0))
    coming = [{"enrolment_id": number, "at": at, "paused": False} for number, at in rows if at is not None]
    insert_plain(Deadline, coming, ending=" ON CONFLICT (enrolment_id) DO UPDATE SET at = excluded.at")
    delete(Deadline, BY_ENROLMENT, [(number,) for number, at in rows if at is None])


def pause(numbers: Iterable[int], *, of: Iterable[int]) -> None:
    """Looks no more at these enrolments' deadlines, where their adoptions (`of`) stand still for certain.

    The adoptions' rows are held: whoever starts one again at this moment has either done so, and is heeded, or waits,
    and finds what was paused.
    """
    from genklang.operate.models import Adoption, Status

    held = Adoption.objects.select_for_update(no_key=True).filter(pk__in=of)
    held = held.exclude(status=Status.RUNNING, historical=False)
    still = list(held.values_list("pk", flat=True))
    watched().filter(enrolment__in=numbers, enrolment__adoption__in=still).update(paused=True)


def resume(adoption_id: int) -> None:
    """Looks again at all that has been paused. The caller's transaction has written that the adoption runs."""
    paused = Deadline.objects.filter(paused=True, enrolment__adoption=adoption_id)
    numbers = list(paused.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(numbers), 400):
        Deadline.objects.filter(pk__in=numbers[start : start + 400]).update(paused=False)

"""What the bank keeps: practices, their stories, protocol versions and spread, and the terms they are found by.

The folders under practices/ are the source; `services.load_practices` is the only writer.
"""

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from genklang.bank.adopters import Adopter as Adopter
from genklang.bank.adopters import Release as Release


def in_swedish() -> bool:
    """Whether the reader has Swedish now; Swedish also where nobody has chosen."""
    return (get_language() or "sv").startswith("sv")


class Practice(models.Model):
    """One way of working. Its words come from the folder; `current` is the version that a new adoption gets."""

    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    title_sv = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    summary_sv = models.TextField()
    summary_en = models.TextField()
    areas = models.JSONField(default=list)
    target_groups = models.JSONField(default=list)
    success_factors = models.JSONField(default=list)
    design = models.CharField(max_length=40, blank=True)
    results = models.JSONField(default=dict)
    lineage = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="descendants")
    current = models.ForeignKey("ProtocolVersion", null=True, on_delete=models.SET_NULL, related_name="+")
    shown = models.BooleanField(default=True)
    folder_digest = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_sv if in_swedish() else self.title_en

    @property
    def summary(self) -> str:
        """The one-line promise in the reader's language."""
        return self.summary_sv if in_swedish() else self.summary_en


class ProtocolVersion(models.Model):
    """A protocol exactly as it was published; never changed, since adoptions are pinned to its digest."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=80, unique=True)
    source = models.TextField()
    canonical = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["practice", "-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.practice_id} {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds the version; raises TypeError when it already exists."""
        if self.pk is not None:
            raise TypeError("A published protocol version cannot be changed: publish a new one.")
        super().save(*args, **kwargs)


class Story(models.Model):
    """The practice told in one language, as Markdown."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="stories")
    language = models.CharField(max_length=5)
    markdown = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "language"], name="bank_one_story_per_language")]

    def __str__(self) -> str:
        return f"{self.practice_id} {self.language}"


class Spread(models.Model):
    """How the idea travels: who asked, visited, decided to adopt or stopped; when is as exact as the source is."""

    class Kind(models.TextChoices):
        """How far it has gone."""

        ASKED = "asked", _("Asked about it")
        VISITED = "visited", _("Visited")
        DECIDED = "decided", _("Decided to adopt")
        STOPPED = "stopped", _("Stopped")
        NOMINATED = "nominated", _("Nominated")
        INSPIRED = "inspired", _("Gave the idea")
        EXTENDED = "extended", _("Extended")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="spread")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    who_sv = models.CharField(max_length=200)
    who_en = models.CharField(max_length=200)
    happened = models.CharField(max_length=10, blank=True)
    note_sv = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.CharField(max_length=60)

    class Meta:
        ordering = ["practice", "position"]

    def __str__(self) -> str:
        return f"{self.practice_id} {self.kind} {self.who_sv}"

    @property
    def who(self) -> str:
        """Who, in the reader's language."""
        return self.who_sv if in_swedish() else self.who_en

    @property
    def note(self) -> str:
        """The note in the reader's language."""
        return self.note_sv if in_swedish() else self.note_en


class SearchTerm(models.Model):
    """How much a term weighs in a practice, in one language. Analysed beforehand, so every database ranks alike."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="search_terms")
    language = models.CharField(max_length=5)
    term = models.CharField(max_length=60)
    weight = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "language", "practice"], name="bank_one_term_row")]

    def __str__(self) -> str:
        return f"{self.term} {self.practice_id}"

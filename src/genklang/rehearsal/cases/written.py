"""tests.yaml as types: stories about one participant each, written as people would tell them."""

from typing import Any

from pydantic import Field

from genklang.protocol.types import Name, Part
from genklang.protocol.written import Names

DEFAULT_ZONE = "Europe/Stockholm"
Value = bool | float | str | None


class Then(Part):
    """How things stand at the end. What is left out of facts, alarms and tasks must not be there either."""

    stage: Name | None = Field(None, description="The stage that the participant is in.")
    arm: Name | None = Field(None, description="The arm that was drawn; `~` where nothing was.")
    facts: dict[str, str] = Field(
        default_factory=dict,
        description="How each due ended, by expectation and target: `dose 2026-03-02 08:00: met 5` is met, five "
        "minutes after its target (which may be left out). Or it is met_late, missed, waived or cancelled.",
    )
    alarms: dict[str, Names] = Field(default_factory=dict, description="Open alarms, and the roles told, in order.")
    tasks: dict[str, Name] = Field(default_factory=dict, description="Open tasks, and the role that has each.")
    reminders: dict[str, list[str]] = Field(
        default_factory=dict, description="Reminders sent: channel and role, for example `[device, sms patient]`."
    )
    indicators: dict[Name, Value] = Field(
        default_factory=dict, description="Indicators over the whole story; `~` where there is nothing to measure."
    )
    outcomes: dict[Name, Value] = Field(default_factory=dict, description="The study's outcomes for this participant.")
    sums: dict[str, float | str] = Field(
        default_factory=dict,
        description="What is proposed, by the `id` of the event that asked: the amount, or why the sum stops, for "
        "example `no_edition adult_norm`, `no_figure child_norm` or `unknown income`.",
    )


class Story(Part):
    """One participant's story."""

    story: str = Field(min_length=1, description="What it shows, in one sentence.")
    about: Names | None = Field(
        None, description="The expectations that `then` tells about, each in full. Left out: all of them."
    )
    lot: Name | None = Field(None, description="The arm that the lot falls on, where one is drawn.")
    zone: str | None = Field(None, description="The time zone, where it is another than the file's.")
    when: list[list[Any]] = Field(
        min_length=1,
        description="What arrives, in order of arrival: `[time, event]` or `[time, event, {its fields}]`. The event "
        "`tick` only lets time pass. Beside the fields may stand `by`, `id`, `sequence`, and `refused: true` for what "
        "must not be let in or `held: true` for what nothing explains yet.",
    )
    then: Then = Field(description="How things stand at the end.")


class CaseFile(Part):
    """The tests that ship with a practice."""

    zone: str = Field(DEFAULT_ZONE, description="The time zone of all local times.")
    stories: list[Story] = Field(min_length=1, description="At least one story.")

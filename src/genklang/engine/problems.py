"""What can be wrong with an event, in words: where, what is wrong, what was written, and what to write instead."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal

Language = Literal["sv", "en"]

# Each: what is wrong, and what to do. {written} is what was written; the rest are named by whoever finds the problem.
_WORDS: dict[str, dict[Language, tuple[str, str]]] = {
    "unknown_event": {
        "sv": ('händelsen "{written}" finns inte i arbetssättet', "Skriv någon av: {names}."),
        "en": ('there is no event "{written}" in the practice', "Write one of: {names}."),
    },
    "no_id": {
        "sv": ("händelsen har inget id", 'Skriv ett id som är unikt, till exempel "givare-17-2026-03-29T08:04".'),
        "en": ("the event has no id", 'Write an id that is unique, for example "dispenser-17-2026-03-29T08:04".'),
    },
    "wrong_role": {
        "sv": ('"{written}" får inte rapportera det här', "Det kan göras av: {names}."),
        "en": ('"{written}" may not report this', "It can be done by: {names}."),
    },
    "unknown_field": {
        "sv": ('fältet "{written}" finns inte', "Fälten är: {names}."),
        "en": ('there is no field "{written}"', "The fields are: {names}."),
    },
    "missing_field": {
        "sv": ("svar saknas", "Skriv {example}."),
        "en": ("an answer is missing", "Write {example}."),
    },
    "wrong_value": {
        "sv": ('"{written}" kan inte läsas', "Skriv {example}."),
        "en": ('"{written}" cannot be read', "Write {example}."),
    },
    "too_low": {
        "sv": ("{written} är för lite", "Skriv minst {limit}."),
        "en": ("{written} is too little", "Write at least {limit}."),
    },
    "too_high": {
        "sv": ("{written} är för mycket", "Skriv högst {limit}."),
        "en": ("{written} is too much", "Write at most {limit}."),
    },
    "not_enrolled": {
        "sv": (
            "deltagandet hade inte börjat då",
            'Registrera starten först, med händelsen "enrolled", eller rätta tiden.',
        ),
        "en": (
            "the enrolment had not begun then",
            'Register its start first, with the event "enrolled", or correct the time.',
        ),
    },
    "already_enrolled": {
        "sv": ("deltagandet har redan börjat", "Ta bort den här händelsen."),
        "en": ("the enrolment has already begun", "Leave this event out."),
    },
    "stage_forbids": {
        "sv": ("det kan inte hända i läget {stage}", "Det kan hända i: {names}."),
        "en": ("it cannot happen in the stage {stage}", "It can happen in: {names}."),
    },
    "condition_not_met": {
        "sv": ("villkoret är inte uppfyllt", "Det här måste gälla: {condition}."),
        "en": ("its condition is not met", "This must hold: {condition}."),
    },
    "from_future": {
        "sv": ("tiden {written} har inte varit än", "Skriv när det hände; kontrollera klocka och tidszon."),
        "en": ("the time {written} has not been yet", "Write when it happened; check the clock and its time zone."),
    },
    "unknown_due": {
        "sv": ('"{written}" är inget som väntar på svar', "Skriv id för något som är öppet eller missat."),
        "en": ('"{written}" is nothing that waits for an answer', "Write the id of something that is open or missed."),
    },
    "unknown_arm": {
        "sv": ('det finns ingen grupp "{written}"', "Skriv någon av: {names}."),
        "en": ('there is no arm "{written}"', "Write one of: {names}."),
    },
    "required_first": {
        "sv": ("något annat måste göras först", "Gör det här först: {names}."),
        "en": ("something else must be done first", "Do this first: {names}."),
    },
    "unknown_reference": {
        "sv": ('"{written}" är ingen händelse som det här kan gälla', "Skriv id för en tidigare händelse: {names}."),
        "en": ('"{written}" is no event that this can be about', "Write the id of an earlier event: {names}."),
    },
    "unknown_participant": {
        "sv": ('det finns inget deltagande "{written}"', "Skriv numret på ett deltagande i samma införande."),
        "en": ('there is no enrolment "{written}"', "Write the number of an enrolment in the same adoption."),
    },
    "unknown_member": {
        "sv": ('"{written}" hör inte till deltagandet', "Välj någon som hör dit, eller lägg till personen först."),
        "en": ('"{written}" does not belong to the enrolment', "Choose somebody who does, or add the person first."),
    },
    "already_member": {
        "sv": ('"{written}" hör redan till deltagandet', "Ta bort den här händelsen."),
        "en": ('"{written}" already belongs to the enrolment', "Leave this event out."),
    },
    "unknown_role": {
        "sv": ('"{written}" är ingen roll för den som hör till deltagandet', "Skriv någon av: {names}."),
        "en": ('"{written}" is no role for somebody who belongs to the enrolment', "Write one of: {names}."),
    },
    "unknown_draw": {
        "sv": ('det finns inget urval "{written}"', "Skriv något av: {names}."),
        "en": ('there is no draw "{written}"', "Write one of: {names}."),
    },
    "already_drawn": {
        "sv": ('urvalet "{written}" är redan draget', "Det dras bara en gång; ta bort den här händelsen."),
        "en": ('"{written}" is already drawn', "It is drawn only once; leave this event out."),
    },
    "already_allocated": {
        "sv": ("lottningen är redan gjord", "Den görs bara en gång; ta bort den här händelsen."),
        "en": ("the allocation is already made", "It is made only once; leave this event out."),
    },
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with an event. `field` is empty where it concerns the whole event.

    `written` may be personal: keep it out of logs.
    """

    code: str
    kind: str
    field: str = ""
    written: str = ""
    words: Mapping[Language, Mapping[str, str]] = dataclasses.field(default_factory=dict)

    def say(self, language: Language) -> str:
        """ "where: what is wrong. What to write instead." """
        wrong, instead = self.parts(language)
        return f"{self._where(language)}: {wrong}. {instead}"

    def parts(self, language: Language) -> tuple[str, str]:
        """What is wrong, and what to do about it."""
        values = {"written": self.written, **self.words.get(language, {})}
        wrong, instead = _WORDS[self.code][language]
        return wrong.format_map(values), instead.format_map(values)

    def as_dict(self) -> dict[str, Any]:
        """For JSON, in English."""
        wrong, instead = self.parts("en")
        return {"code": self.code, "event": self.kind, "field": self.field, "wrong": wrong, "instead": instead}

    def _where(self, language: Language) -> str:
        event, place = ("händelsen", "fältet") if language == "sv" else ("event", "field")
        return f'{event} "{self.kind}"' + (f', {place} "{self.field}"' if self.field else "")


def in_both(**words: str) -> dict[Language, Mapping[str, str]]:
    """Words that are the same in both languages, such as names."""
    return {"sv": words, "en": words}

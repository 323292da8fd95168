"""Every kind of change: how it is told, and what it means. An additive one leaves the practice's own tests passing."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from genklang.protocol.changes import Change, Impact, advised_version, changes_between, worst
from genklang.protocol.reading import digest, read_protocol
from genklang.protocol.types import Protocol
from genklang.rehearsal.cases import failures, read_cases

PRACTICES = Path(__file__).parents[3] / "practices"
UMEA, ESKILSTUNA, LAHOLM = "umea-medicingivare", "eskilstuna-hemrehab", "laholm-ledsagarservice"


@dataclass(frozen=True)
class Row:
    """Text of a practice's protocol, what is written instead, how it is told, and its impact."""

    practice: str
    old: str
    new: str
    told: str
    impact: Impact

    @property
    def texts(self) -> tuple[str, str]:
        text = (PRACTICES / self.practice / "protocol.yaml").read_text(encoding="utf-8")
        if self.old not in text.partition("\nrehearsal:")[2]:
            text = text.partition("\nrehearsal:")[0]  # simulated people need not know what changed
        assert self.old in text
        return text, text.replace(self.old, self.new, 1)


VAXJO = "vaxjo-vaxjoloftet"
COUPLE = "{adults: couple, amount: 7100}]}"
NEXT_YEAR = "\n      - {from: 2027-01-01, rows: [{adults: single, amount: 4000}, {adults: couple, amount: 7200}]}"
NURSE = "  nurse: {sv: Sjuksköterska, en: Nurse}\n"
BOSS = "  boss: {sv: Chef, en: Manager}\n"
REFILLED = "  refilled: {sv: Påfylld, en: Refilled, by: nurse, during: active}\n"
HEARTBEAT = "by: device, during: [active, paused]}"
CLOSER = "type: integer, min: 1, max: 5, required: false"
MINUTES = "      minutes: {type: number, min: 0, max: 6000,"
PAUSED = "  paused: {sv: Paus, en: Paused}\n  ended: {final: true, sv: Avslutad, en: Ended}\n\nevents:\n"
AWAY = PAUSED.replace("\n\n", "\n  away: {sv: Borta, en: Away}\n\n") + (
    "  went_away: {sv: Reste bort, en: Went away, by: nurse, moves: [active, away]}\n"
)
ALARMS = "  alarms: {sv: Larm, en: Alarms, of: dose, value: count(*) filter (where met_late or missed)"
TABLE = [
    Row(VAXJO, COUPLE, COUPLE + NEXT_YEAR, 'table "adult_norm", editions: added {from: 2027-01-01', "future_only"),
    Row(VAXJO, "amount: 3910", "amount: 3911", 'table "adult_norm", editions: was', "semantic"),
    Row(UMEA, "version: 1.0.0", "version: 1.0.1", "version: was 1.0.0, and is 1.0.1", "additive"),
    Row(UMEA, "en: Medicine dispensers at home", "en: Dispensers", "title, en: was Medicine dispensers", "additive"),
    Row(UMEA, "en: Phone the patient.", "en: Call the patient.", 'expectation "dose", help, en: was', "additive"),
    Row(UMEA, NURSE, NURSE + BOSS, 'role "boss": added (Manager)', "additive"),
    Row(
        UMEA,
        "eligible: can_operate and physician_agrees",
        "eligible: can_operate",
        "eligible: was can_operate and physician_agrees, and is can_operate",
        "future_only",
    ),
    Row(UMEA, "concept: dose_times,", "concept: times_of_dose,", 'fact "dose_times", concept: was', "semantic"),
    Row(
        UMEA,
        "eligible:",
        "  pets: {concept: pets, type: boolean, sv: Husdjur?, en: Pets?}\neligible:",
        'fact "pets": added (Pets?)',
        "additive",
    ),
    Row(UMEA, PAUSED, AWAY, 'stage "away": added (Away)', "additive"),
    Row(UMEA, REFILLED, REFILLED + "  noted: {sv: Notis, en: Note, by: nurse}\n", 'event "noted": added', "additive"),
    Row(
        UMEA,
        "by: nurse, during: active}\n  paused",
        "by: [nurse, device], during: active}\n  paused",
        "by: was",
        "additive",
    ),
    Row(UMEA, "by: [device, nurse], during", "by: device, during", 'event "dose_taken", by: was', "future_only"),
    Row(UMEA, HEARTBEAT, "by: device, during: [active]}", 'event "heartbeat", during: was', "future_only"),
    Row(UMEA, "[active, ended], [paused", "[paused", 'event "ended", moves: was', "semantic"),
    Row(UMEA, "moved: {sv: Flyttade, en: Moved}", "moved: {sv: Flyttat, en: Moved}", 'option "moved", sv', "additive"),
    Row(UMEA, "          moved: {sv: Flyttade, en: Moved}\n", "", 'option "moved": removed (Moved)', "semantic"),
    Row(
        UMEA,
        "          died:",
        "          other: {sv: Annat, en: Other}\n          died:",
        'event "ended", field "reason", option "other": added (Other)',
        "additive",
    ),
    Row(UMEA, "within: 60 min", "within: 90 min", 'expectation "dose", within: was 1 h, and is 90 min', "semantic"),
    Row(UMEA, "every: 14 days", "every: 7 days", "every: was 14 days, and is 7 days", "future_only"),
    Row(UMEA, "daily_at: dose_times", 'daily_at: ["08:00"]', "daily_at: was dose_times, and is [08:00]", "future_only"),
    Row(UMEA, "spacing: 2 h", "spacing: 3 h", "clock_change, spacing: was 2 h, and is 3 h", "future_only"),
    Row(UMEA, "after: 15 min, to", "after: 30 min, to", "otherwise, escalate: was", "future_only"),
    Row(UMEA, "      - {at: 0 min, by: device}\n", "", 'expectation "dose", remind: was', "future_only"),
    Row(
        UMEA,
        "indicators:\n",
        "  visit: {sv: Besök, en: Visit, every: 1 year, expect: refilled, within: 1 day}\n\nindicators:\n",
        'expectation "visit": added (Visit)',
        "future_only",
    ),
    Row(UMEA, ALARMS, ALARMS.replace(" or missed", ""), 'indicator "alarms", value: was', "semantic"),
    Row(UMEA, "target: 0.99, unit", "target: 0.98, unit", 'indicator "adherence", target: was 0.99', "additive"),
    Row(UMEA, ALARMS + ", per: month", ALARMS + ", per: week", 'indicator "alarms", per: was month', "additive"),
    Row(UMEA, "amount: 97.50 SEK", "amount: 120 SEK", 'price "visit", amount: was 97.50 SEK', "future_only"),
    Row(
        UMEA, "better: higher, target: 0.99}", "better: higher, target: 0.9}", 'outcome "adherence", target', "semantic"
    ),
    Row(UMEA, "value: 0.995, min: 0.5", "value: 0.9, min: 0.5", 'parameter "in_time", value: was', "additive"),
    Row(
        ESKILSTUNA,
        CLOSER,
        CLOSER.replace("max: 5", "max: 10"),
        'field "closer_to_goal", max: was 5, and is 10',
        "additive",
    ),
    Row(
        ESKILSTUNA,
        CLOSER,
        CLOSER.replace("min: 1", "min: 2"),
        'field "closer_to_goal", min: was 1, and is 2',
        "future_only",
    ),
    Row(ESKILSTUNA, CLOSER, "type: integer, min: 1, max: 5", "required: was false, and is true", "future_only"),
    Row(ESKILSTUNA, CLOSER, CLOSER.replace("integer", "number"), "type: was integer, and is number", "semantic"),
    Row(ESKILSTUNA, "blocks: [4, 6]", "blocks: [4]", "randomise, blocks: was [4, 6], and is [4]", "semantic"),
    Row(ESKILSTUNA, "strata: [age_group, first_time]", "strata: [age_group]", "randomise, strata: was", "semantic"),
    Row(ESKILSTUNA, "where: month = 12,", "", 'expectation "followup_12", where: removed (month = 12)', "semantic"),
    Row(
        ESKILSTUNA, "subgroups: [age_group, first_time]", "subgroups: [age_group]", "study, subgroups: was", "semantic"
    ),
    Row(LAHOLM, "unit: {sv: minuter, en: minutes}}\n", "unit: {sv: tim, en: hours}}\n", "unit, en: was", "semantic"),
    Row(LAHOLM, MINUTES, MINUTES.replace("type", "required: false, type"), "required: was true", "additive"),
    Row(
        LAHOLM,
        MINUTES,
        "      who: {type: text, sv: Vem?, en: Who?}\n" + MINUTES,
        'event "administration_reported", field "who": added (Who?)',
        "future_only",
    ),
    Row(
        LAHOLM,
        MINUTES,
        "      who: {type: text, required: false, sv: Vem?, en: Who?}\n" + MINUTES,
        'event "administration_reported", field "who": added (Who?)',
        "additive",
    ),
    Row(LAHOLM, "matching: booking\n    within: 24 h", "within: 24 h", "matching: removed ([booking])", "semantic"),
]
each_row = pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.told} {row.impact}")


def protocol(text: str) -> Protocol:
    return read_protocol(text, file="protocol.yaml")


def changes_of(row: Row) -> list[Change]:
    old, new = row.texts
    return changes_between(protocol(old), protocol(new))


def told_in(changes: list[Change], words: str) -> Change:
    return next(change for change in changes if words in str(change))


@each_row
def test_a_change_is_told_and_weighed(row: Row) -> None:
    changes = changes_of(row)
    assert told_in(changes, row.told).impact == row.impact, changes
    assert worst(changes) == row.impact


@each_row
def test_back_again_is_as_many_changes(row: Row) -> None:
    old, new = (protocol(text) for text in row.texts)
    assert len(changes_between(new, old)) == len(changes_between(old, new))


@pytest.mark.parametrize(
    "row", [row for row in TABLE if row.impact == "additive"], ids=lambda row: f"{row.practice} {row.told}"
)
def test_an_additive_change_leaves_everything_as_it_was(row: Row) -> None:
    """The practice's own stories end as they did."""
    text = (PRACTICES / row.practice / "tests.yaml").read_text(encoding="utf-8")
    cases = read_cases(text, file="tests.yaml", protocol=protocol(row.texts[1]))
    assert [problem for case in cases for problem in failures(case)] == []


def test_a_protocol_is_unchanged_by_how_it_is_written() -> None:
    text = (PRACTICES / UMEA / "protocol.yaml").read_text(encoding="utf-8")
    other = text.replace("within: 60 min", "within: 1 h").replace("expect: dose_taken", "expect: [dose_taken]")
    assert digest(protocol(other)) == digest(protocol(text))
    assert changes_between(protocol(text), protocol(other)) == []


def test_a_new_name_is_told_as_one_change() -> None:
    old = (PRACTICES / UMEA / "protocol.yaml").read_text(encoding="utf-8")
    new = old.replace("  alarms: {sv: Larm", "  alarms_raised: {sv: Larm")
    [change] = changes_between(protocol(old), protocol(new))
    assert (str(change), change.impact) == ('indicator "alarms": is now called "alarms_raised"', "future_only")


def test_another_first_stage_is_semantic_even_when_it_is_new() -> None:
    old = (PRACTICES / LAHOLM / "protocol.yaml").read_text(encoding="utf-8")
    new = old.replace("stages:\n", "stages:\n  asked: {sv: Har frågat, en: Has asked}\n").replace(
        "moves: [limited, free]", "moves: [[asked, limited], [limited, free]]"
    )
    changes = changes_between(protocol(old), protocol(new))
    assert told_in(changes, "stages: the order was").impact == "semantic"


def test_two_practices_have_semantic_changes() -> None:
    texts = [(PRACTICES / name / "protocol.yaml").read_text(encoding="utf-8") for name in (UMEA, LAHOLM)]
    changes = changes_between(*(protocol(text) for text in texts))
    assert told_in(changes, "practice: was").impact == "semantic"
    assert len(changes) > 50


@pytest.mark.parametrize(
    ("impact", "version"),
    [("semantic", "2.0.0"), ("future_only", "1.3.0"), ("additive", "1.2.4"), (None, "1.2.3")],
)
def test_the_version_tells_how_deep_a_change_reaches(impact: Impact | None, version: str) -> None:
    assert advised_version("1.2.3", impact) == version

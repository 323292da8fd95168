"""The practices and the small protocols that tests of rehearsing and measuring use."""

from functools import cache
from pathlib import Path

from genklang.measure.tables import Tables
from genklang.protocol.reading import read_protocol
from genklang.protocol.types import Protocol
from genklang.rehearsal.running import Rehearsal, rehearse

PRACTICES = Path(__file__).parents[3] / "practices"
ZONE = "Europe/Stockholm"

UMEA = "umea-medicingivare"
ESKILSTUNA = "eskilstuna-hemrehab"
LAHOLM = "laholm-ledsagarservice"
ROSSI = "usa-ekonomiskt-stod-efter-fangelse"


@cache
def practice(name: str) -> Protocol:
    """A practice of the bank."""
    path = PRACTICES / name / "protocol.yaml"
    return read_protocol(path.read_text(encoding="utf-8"), file=name)


@cache
def rehearsed(name: str, *, enrolments: int, years: float, seed: int = 7) -> Rehearsal:
    """A rehearsal of a practice; the same one for all tests that ask for it."""
    return rehearse(practice(name), enrolments=enrolments, years=years, seed=seed, zone=ZONE)


def tables_of(rehearsal: Rehearsal) -> Tables:
    """The tables of a rehearsal."""
    return Tables(rehearsal.protocol, rehearsal.participants, zone=rehearsal.zone, horizon=rehearsal.end)

"""What the demonstration shows: practices, how many invented people, since when, and who works where."""

from dataclasses import dataclass

from genklang.people.services import DemoKind
from genklang.protocol.units import Duration

SEED = 7


@dataclass(frozen=True)
class Scene:
    """One practice in the invented municipality. Its people came during `arrivals`, `years` ago.

    `doris` says whether the demonstration's participant is the first of them.
    """

    practice: str
    name: str
    people: int
    years: float
    arrivals: Duration | None
    staff: tuple[tuple[DemoKind, str], ...]
    doris: bool = True


SCENES = (
    Scene(
        practice="umea-medicingivare",
        name="Medicingivare i Lindmåla",
        people=24,
        years=0.5,
        arrivals=Duration(months=2),
        staff=(("nurse", "nurse"), ("nurse", "nurse_on_call")),
    ),
    Scene(
        practice="eskilstuna-hemrehab",
        name="Hemrehab i Lindmåla",
        people=180,
        years=2.5,
        arrivals=Duration(months=16),
        staff=(("lead", "assessor"), ("nurse", "trainer")),
    ),
    Scene(
        practice="laholm-ledsagarservice",
        name="Ledsagning i Lindmåla",
        people=30,
        years=2.5,
        arrivals=None,
        staff=(("lead", "coordinator"), ("lead", "companion")),
    ),
    Scene(
        practice="vastra-goteborg-bytet",
        name="Bytet i Lindmåla",
        people=12,
        years=0.5,
        arrivals=Duration(months=2),
        staff=(("lead", "host"),),
    ),
    Scene(
        practice="sormland-varnas",
        name="Öppen beroendevård i Lindmåla",
        people=60,
        years=0.5,
        arrivals=Duration(months=5),
        staff=(("lead", "intake"), ("nurse", "nurse"), ("nurse", "counsellor"), ("lead", "interviewer")),
        doris=False,
    ),
    Scene(
        practice="sundsvall-skonsmon",
        name="Hemtjänst Skogsbrynet",
        people=16,
        years=0.6,
        arrivals=None,
        staff=(("nurse", "carer"), ("lead", "leader")),
        doris=False,
    ),
    Scene(
        practice="laholm-natverksutredning",
        name="Nätverksutredningar i Lindmåla",
        people=12,
        years=0.5,
        arrivals=Duration(months=6),
        staff=(("nurse", "network_leader"), ("nurse", "caseworker")),
        doris=False,
    ),
    Scene(
        practice="borlange-familjevaldsteam",
        name="Familjevåldsteamet i Lindmåla",
        people=8,
        years=0.5,
        arrivals=Duration(months=6),
        staff=(("nurse", "adult_worker"), ("nurse", "child_worker"), ("lead", "income_worker")),
        doris=False,
    ),
    Scene(
        practice="vaxjo-vaxjoloftet",
        name="Löftet i Lindmåla",
        people=40,
        years=1.5,
        arrivals=Duration(months=12),
        staff=(("lead", "coordinator"), ("lead", "case_worker")),
        doris=False,
    ),
)

TRIAL_PRACTICE = "usa-ekonomiskt-stod-efter-fangelse"
TRIAL_NAME = "Försöket med 432 frigivna"
TRIAL_ORGANISATION = ("oppna-forskningsdata", "Öppna forskningsdata")
TRIAL_ROLE = "researcher"

# Two of those with a dispenser forget a dose just when the demonstration is made: one alarm has been escalated already,
# the other is raised some minutes after the first start.
FORGETFUL = {1: -80, 2: -57}

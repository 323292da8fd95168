"""What each design is for, and which columns and settings it needs and may have: for help, and to catch the unused."""

from __future__ import annotations

from dataclasses import dataclass

from genklang.evaluate.texts import Text


@dataclass(frozen=True, kw_only=True)
class Guide:
    """One design: `when` to use it, and its options by name; `needs` cannot be left out."""

    when: Text
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()

    @property
    def options(self) -> frozenset[str]:
        return frozenset((*self.needs, *self.may))


_ARMS = ("control", "treated", "missing_treatment", "success", "kind", "received")
_LOTS = ("strata", "covariates", "subgroups", "seed", "draws")
_PANEL = ("first", "treatment", "treated", "start")

GUIDES: dict[str, Guide] = {
    "randomised": Guide(
        when=Text(
            sv="en lott avgjorde, person för person, vem som fick vad",
            en="a lot decided, person by person, who got what",
        ),
        needs=("outcome", "treatment"),
        may=(*_ARMS, *_LOTS),
    ),
    "cluster_randomised": Guide(
        when=Text(sv="en lott avgjorde vilka grupper som fick vad", en="a lot decided which groups got what"),
        needs=("outcome", "treatment", "cluster"),
        may=(*_ARMS, *_LOTS),
    ),
    "survival": Guide(
        when=Text(
            sv="som randomised, men olika länge följda: tid till en händelse",
            en="as randomised, but followed for different lengths of time: time to an event",
        ),
        needs=("time", "event", "treatment"),
        may=(*_ARMS, *_LOTS, "outcome", "horizon"),
    ),
    "one_group": Guide(
        when=Text(sv="alla får arbetssättet, och det finns ett mål", en="everybody gets the practice, beside a target"),
        needs=("outcome",),
        may=("target", "exposure", "success", "kind"),
    ),
    "before_after": Guide(
        when=Text(
            sv="samma personer före och efter, utan jämförelse; flera skattare med cluster=personen",
            en="the same people before and after, no comparison; several raters with cluster=the person",
        ),
        needs=("outcome", "before"),
        may=("cluster", "subgroups", "success", "kind"),
    ),
    "interrupted_time_series": Guide(
        when=Text(
            sv="en serie mätningar före och efter en start; antal med kind=count och exposure",
            en="one series of measurements before and after a start; counts with kind=count and exposure",
        ),
        needs=("outcome", "time"),
        may=("start", "treatment", "exposure", "group", "treated", "season", "waves", "horizon", "kind"),
    ),
    "difference_in_differences": Guide(
        when=Text(
            sv="flera började, kanske vid olika tid, andra inte", en="several began, perhaps at other times, others not"
        ),
        needs=("outcome", "time", "group"),
        may=(*_PANEL, "controls", "weight", "cluster", "seed"),
    ),
    "synthetic_control": Guide(
        when=Text(sv="en började, mot en blandning av alla andra", en="one began, against a mix of all others"),
        needs=("outcome", "time", "group"),
        may=_PANEL,
    ),
    "stepped_wedge": Guide(
        when=Text(
            sv="alla börjar till slut, i en ordning som en lott avgjorde",
            en="all begin in the end, in an order that a lot decided",
        ),
        needs=("outcome", "time", "group"),
        may=("first", "treatment", "seed", "draws"),
    ),
    "survey": Guide(
        when=Text(
            sv="några drogs slumpvis och tillfrågades; tomt utfall är inget svar",
            en="some were drawn at random and asked; an empty outcome is no answer",
        ),
        needs=("outcome",),
        may=("strata", "cluster", "population", "weight", "covariates", "target", "success", "kind"),
    ),
    "cost_effectiveness": Guide(
        when=Text(
            sv="både kostnad och utfall är kända för var och en", en="both cost and outcome are known of each person"
        ),
        needs=("outcome", "cost", "treatment", "willingness", "better"),
        may=("control", "treated", "missing_treatment", "success", "kind"),
    ),
}
EVERYWHERE = frozenset(
    {"better", "relevant", "confidence", "planned", "practice", "label", "unit", "assessed", "eligible"}
    | {"price", "practice_cost", "seed", "draws"}
)
EVERYTHING: frozenset[str] = frozenset().union(*(guide.options for guide in GUIDES.values()))

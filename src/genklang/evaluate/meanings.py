"""What each verdict means, in a sentence, by what the design can say: a cause, a change, a target met, money back."""

from __future__ import annotations

from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Verdict

CAUSAL = {
    Verdict.BETTER: Text(
        sv="Arbetssättet gav ett bättre resultat än jämförelsen, och slumpen är en osannolik förklaring.",
        en="The practice gave a better result than the comparison, and chance is an unlikely explanation.",
    ),
    Verdict.WORSE: Text(
        sv="Arbetssättet gav ett sämre resultat än jämförelsen, och slumpen är en osannolik förklaring.",
        en="The practice gave a worse result than the comparison, and chance is an unlikely explanation.",
    ),
    Verdict.DIFFERENT: Text(
        sv="Grupperna skiljer sig åt, och slumpen är en osannolik förklaring; vilket håll som är bättre är inte "
        "angivet.",
        en="The groups differ, and chance is an unlikely explanation; which way is better has not been stated.",
    ),
    Verdict.NO_DIFFERENCE: Text(
        sv="Ingen skillnad kan visas: det som syns kan mycket väl vara slump.",
        en="No difference can be shown: what is seen may well be chance.",
    ),
    Verdict.UNINFORMATIVE: Text(
        sv="Underlaget är för litet för att svara: både en tydlig skillnad och ingen alls är förenliga med siffrorna.",
        en="There is too little to answer from: the numbers fit both a clear difference and none at all.",
    ),
}
CHANGE = {
    Verdict.BETTER: Text(
        sv="Det blev bättre, mer än slumpen brukar ge, men utan jämförelsegrupp kan annat än arbetssättet ligga bakom.",
        en="It became better, by more than chance tends to give, but with no comparison group the cause may be "
        "another.",
    ),
    Verdict.WORSE: Text(
        sv="Det blev sämre, mer än slumpen brukar ge, men utan jämförelsegrupp kan annat än arbetssättet ligga bakom.",
        en="It became worse, by more than chance tends to give, but with no comparison group the cause may be another.",
    ),
    Verdict.DIFFERENT: Text(
        sv="Det förändrades mer än slumpen brukar ge; vilket håll som är bättre är inte angivet, och orsaken kan "
        "vara en annan.",
        en="It changed by more than chance tends to give; which way is better has not been stated, and the cause "
        "may be another.",
    ),
    Verdict.NO_DIFFERENCE: Text(
        sv="Ingen förändring kan visas: det som syns kan mycket väl vara slump.",
        en="No change can be shown: what is seen may well be chance.",
    ),
    Verdict.UNINFORMATIVE: CAUSAL[Verdict.UNINFORMATIVE],
}
PLACES = {
    Verdict.BETTER: Text(
        sv="Det blev bättre än väntat, mer än slumpen brukar ge, om platserna annars hade följts åt.",
        en="It became better than expected, by more than chance tends to give, if the places would otherwise have "
        "gone along.",
    ),
    Verdict.WORSE: Text(
        sv="Det blev sämre än väntat, mer än slumpen brukar ge, om platserna annars hade följts åt.",
        en="It became worse than expected, by more than chance tends to give, if the places would otherwise have "
        "gone along.",
    ),
    Verdict.DIFFERENT: Text(
        sv="Det blev annorlunda än väntat, mer än slumpen brukar ge; vilket håll som är bättre är inte angivet.",
        en="It became other than expected, by more than chance tends to give; which way is better has not been stated.",
    ),
    Verdict.NO_DIFFERENCE: Text(
        sv="Ingen skillnad kan visas: det som syns kan mycket väl vara slump.",
        en="No difference can be shown: what is seen may well be chance.",
    ),
    Verdict.UNINFORMATIVE: CAUSAL[Verdict.UNINFORMATIVE],
}
TARGET = {
    Verdict.BETTER: Text(
        sv="Resultatet är bättre än målet, mer än slumpen brukar ge.",
        en="The result is better than the target, by more than chance tends to give.",
    ),
    Verdict.WORSE: Text(
        sv="Resultatet är sämre än målet, mer än slumpen brukar ge.",
        en="The result is worse than the target, by more than chance tends to give.",
    ),
    Verdict.DIFFERENT: Text(
        sv="Resultatet skiljer sig från målet; vilket håll som är bättre är inte angivet.",
        en="The result differs from the target; which way is better has not been stated.",
    ),
    Verdict.NO_DIFFERENCE: Text(
        sv="Resultatet ligger så nära målet att ingen skillnad kan visas.",
        en="The result is so near the target that no difference can be shown.",
    ),
    Verdict.UNINFORMATIVE: Text(
        sv="Underlaget räcker inte för att säga om målet är nått.",
        en="There is not enough to say whether the target has been met.",
    ),
}
MONEY = {
    Verdict.BETTER: Text(
        sv="Arbetssättet betalar sig inom den tid som räknats.",
        en="The practice pays for itself within the time counted.",
    ),
    Verdict.WORSE: Text(
        sv="Arbetssättet betalar sig inte inom den tid som räknats.",
        en="The practice does not pay for itself within the time counted.",
    ),
    Verdict.UNINFORMATIVE: Text(
        sv="Om arbetssättet betalar sig beror på hur stor besparingen egentligen är.",
        en="Whether the practice pays for itself depends on how large the saving truly is.",
    ),
}
DEPENDS = Text(
    sv="{meaning} Slutsatsen beror på vilken metod som används: de två som prövats ger olika svar.",
    en="{meaning} The conclusion depends on the choice of method: the two tried give different answers.",
)

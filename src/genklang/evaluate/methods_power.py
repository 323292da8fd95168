"""The methods of power, before a study starts: see `methods`."""

from __future__ import annotations

from genklang.evaluate.method import Method
from genklang.evaluate.texts import Text

POWER = Method(
    id="power",
    name=Text(sv="styrka enligt t-test", en="power of the t test"),
    formula="P(|T| > t(alpha/2)), T noncentral t with delta = effect/(sd*sqrt(1 - R²)*sqrt(1/n1 + 1/n0))",
    source="Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, ch. 2",
)
POWER_SHARES = Method(
    id="power_shares",
    name=Text(sv="styrka för två andelar", en="power for two shares"),
    formula="P(|Z| > z(alpha/2)), variance pooled under no effect and by arm under the effect",
    source="Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, ch. 4",
)
POWER_CLUSTERS = Method(
    id="power_clusters",
    name=Text(sv="styrka när grupper lottas", en="power when clusters are assigned"),
    formula="as power, with people divided by 1 + (m - 1)*icc, and t with clusters - 2 degrees of freedom",
    source="Donner & Klar (2000), Design and Analysis of Cluster Randomization Trials, ch. 5",
)
POWER_SURVIVAL = Method(
    id="power_survival",
    name=Text(sv="styrka för log-rank", en="power of the log-rank test"),
    formula="P(|Z| > z), Z about log(ratio)*sqrt(events*p*(1 - p)), ratio = log(1 - share1)/log(1 - share0)",
    source="Schoenfeld (1981), Biometrika 68:316-319",
)
POWER_SERIES = Method(
    id="power_series",
    name=Text(sv="styrka för en tidsserie", en="power of a time series"),
    formula="P(|T| > t), T noncentral t with effect/se, se by generalised least squares with the autocorrelation given",
    source="Zhang, Wagner & Ross-Degnan (2011), J Clin Epidemiol 64:1252-1261",
)
POWER_PLACES = Method(
    id="power_places",
    name=Text(sv="styrka för platser över tid", en="power of places over time"),
    formula="P(|T| > t), T noncentral t with effect/se; se = sd*sqrt((1 + 1/after)*(1/n1 + 1/n0)), or for a stepped "
    "wedge sd/sqrt(sum of squares of the practice, group and period allowed for)",
    source="Hussey & Hughes (2007), Contemp Clin Trials 28:182-191; Burlig, Preonas & Woerman (2020), J Development "
    "Economics 144:102458",
)
POWER_PLACEBOS = Method(
    id="power_placebos",
    name=Text(sv="styrka för en plats mot en blandning av andra", en="power of one place against a mix of others"),
    formula="share of 200 invented panels in which the placebo test finds the effect: p <= alpha",
    source="Abadie, Diamond & Hainmueller (2010), JASA 105:493-505; by simulation",
)

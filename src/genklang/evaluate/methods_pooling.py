"""The methods of pooling several adopters' results: see `methods`."""

from __future__ import annotations

from genklang.evaluate.method import Method
from genklang.evaluate.texts import Text

REML = Method(
    id="reml",
    name=Text(sv="sammanvägning med REML", en="random effects by REML"),
    formula="sum(w*y)/sum(w) ± z/sqrt(sum(w)), w = 1/(v + tau²), tau² of the highest restricted likelihood",
    source="Viechtbauer (2005), J Educ Behav Stat 30:261-293",
)
HARTUNG_KNAPP = Method(
    id="hartung_knapp",
    name=Text(sv="Hartung och Knapps intervall", en="Hartung and Knapp's interval"),
    formula="m ± t(k - 1) * sqrt(sum(w*(y - m)²)/((k - 1)*sum(w))), w = 1/(v + tau²)",
    source="Hartung & Knapp (2001), Stat Med 20:3875-3889; IntHout et al. (2014), BMC Med Res Methodol 14:25",
)
DERSIMONIAN_LAIRD = Method(
    id="dersimonian_laird",
    name=Text(sv="sammanvägning enligt DerSimonian och Laird", en="random effects by DerSimonian and Laird"),
    formula="tau² = max(0, (Q - (k - 1))/(sum(w) - sum(w²)/sum(w))), w = 1/v",
    source="DerSimonian & Laird (1986), Controlled Clinical Trials 7:177-188",
)
FIXED = Method(
    id="fixed",
    name=Text(sv="sammanvägning med gemensam effekt", en="one common effect"),
    formula="sum(y/v)/sum(1/v) ± z/sqrt(sum(1/v))",
    source="Birge (1932), Physical Review 40:207-227",
)
PREDICTION = Method(
    id="prediction",
    name=Text(sv="prediktionsintervall för nästa plats", en="prediction interval for the next place"),
    formula="m ± t(k - 2) * sqrt(tau² + se²), se of Hartung and Knapp",
    source="Higgins, Thompson & Spiegelhalter (2009), JRSS A 172:137-159; Partlett & Riley (2017), Stat Med 36:301-317",
)
PREDICTION_DISTRIBUTION = Method(
    id="prediction_distribution",
    name=Text(
        sv="prediktionsintervall ur konfidensfördelningen", en="prediction interval from the confidence distribution"
    ),
    formula="quantiles of m(tau²) + z*tau - t(k - 1)*se(tau²), tau² such that sum(w*(y - m)²) is a draw of chi²(k - 1)",
    source="Nagashima, Noma & Furukawa (2019), Stat Methods Med Res 28:1689-1702; Viechtbauer (2007), Stat Med "
    "26:37-52",
)
EGGER = Method(
    id="egger",
    name=Text(sv="Eggers regression", en="Egger's regression"),
    formula="y/se = a + b/se; t test of a with k - 2 degrees of freedom",
    source="Egger et al. (1997), BMJ 315:629-634",
)
POOLED_REGRESSION = Method(
    id="pooled_regression",
    name=Text(sv="regression ur summor av produkter", en="regression from sums of products"),
    formula="b = (X'X)^-1 X'y; errors by adopter: g/(g - 1)*(n - 1)/(n - k)*(X'X)^-1 sum(s s')(X'X)^-1; t(g - 1)",
    source="Liang & Zeger (1986), Biometrika 73:13-22; Cameron & Miller (2015), J Human Resources 50:317-372",
)

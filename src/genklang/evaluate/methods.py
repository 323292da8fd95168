"""The methods in use: each with an id, a name, its formula and where it is published.

The reference (docs/reference/evaluation.md) explains each id; a test holds the two together.
"""

from __future__ import annotations

from genklang.evaluate import methods_pooling, methods_power
from genklang.evaluate.method import Method as Method
from genklang.evaluate.texts import Text

WELCH = Method(
    id="welch",
    name=Text(sv="skillnad i medelvärde enligt Welch", en="Welch's difference in means"),
    formula="m1 - m0 ± t(df) * sqrt(s1²/n1 + s0²/n0)",
    source="Welch (1947), Biometrika 34:28-35",
)
STRATIFIED_MEANS = Method(
    id="stratified_means",
    name=Text(sv="skillnad i medelvärde, vägd över strata", en="difference in means, weighted over strata"),
    formula="sum(w*(m1 - m0))/sum(w), w = n1*n0/(n1 + n0) in each stratum; Welch-Satterthwaite df",
    source="Imbens & Rubin (2015), Causal Inference, ch. 9; Satterthwaite (1946), Biometrics Bulletin 2:110-114",
)
MATCHED_PAIRS = Method(
    id="matched_pairs",
    name=Text(sv="skillnad i medelvärde inom par", en="difference in means within pairs"),
    formula="mean(d) ± t(pairs - 1) * sd(d)/sqrt(pairs)",
    source="Imbens & Rubin (2015), Causal Inference, ch. 10",
)
ANCOVA = Method(
    id="ancova",
    name=Text(sv="skillnad justerad med regression (ANCOVA)", en="difference adjusted by regression (ANCOVA)"),
    formula="y = a + b*treated + strata + covariates; b ± t(n - k) * se(HC3)",
    source="Lin (2013), Annals of Applied Statistics 7:295-318; Long & Ervin (2000), American Statistician 54:217-224",
)
NEWCOMBE = Method(
    id="newcombe",
    name=Text(sv="skillnad i andelar enligt Newcombe", en="Newcombe's difference in shares"),
    formula="d - sqrt((p1 - l1)² + (u0 - p0)²), d + sqrt((u1 - p1)² + (p0 - l0)²); l, u are Wilson's limits",
    source="Newcombe (1998), Statistics in Medicine 17:873-890, method 10",
)
MANTEL_HAENSZEL = Method(
    id="mantel_haenszel",
    name=Text(sv="skillnad i andelar enligt Mantel-Haenszel", en="Mantel-Haenszel difference in shares"),
    formula="sum(w*(p1 - p0))/sum(w), w = n1*n0/(n1 + n0) in each stratum; Sato's variance",
    source="Mantel & Haenszel (1959), JNCI 22:719-748; Sato (1989), Biometrics 45:1323-1324",
)
STRATIFIED_NEWCOMBE = Method(
    id="stratified_newcombe",
    name=Text(sv="skillnad i andelar, Newcombe över strata", en="difference in shares, Newcombe over strata"),
    formula="d - sqrt(sum(w²*(d - l)²)), d + sqrt(sum(w²*(u - d)²)); l, u are Newcombe's limits in each stratum",
    source="Zou & Donner (2008), Statistics in Medicine 27:1693-1702",
)
RANDOMISATION = Method(
    id="randomisation",
    name=Text(sv="randomiseringstest", en="randomisation inference"),
    formula="p = (1 + #(|d*| >= |d|))/(1 + draws), d* over new draws of the lots within strata",
    source="Fisher (1935), The Design of Experiments; Phipson & Smyth (2010), SAGMB 9:39",
)
RANDOMISATION_EXACT = Method(
    id="randomisation_exact",
    name=Text(sv="exakt randomiseringstest", en="exact randomisation test"),
    formula="p = P(|d*| >= |d|), treated with the outcome ~ hypergeometric",
    source="Fisher (1935), The Design of Experiments",
)
COMPLIERS = Method(
    id="compliers",
    name=Text(sv="effekt för dem som gör som lotten säger", en="effect on those who do as the lot says"),
    formula="(m1 - m0)/(r1 - r0), r the share that got it; error of m - value*r between the arms, through |r1 - r0|",
    source="Angrist, Imbens & Rubin (1996), JASA 91:444-455; Imbens & Angrist (1994), Econometrica 62:467-475",
)
COX = Method(
    id="cox",
    name=Text(sv="hazardkvot (Cox)", en="hazard ratio (Cox)"),
    formula="exp(b), b of the highest partial likelihood with Efron's ties, within strata; exp(b ± z*se)",
    source="Cox (1972), JRSS B 34:187-220; Efron (1977), JASA 72:557-565",
)
PROPORTIONAL = Method(
    id="proportional",
    name=Text(sv="är hazardkvoten densamma hela tiden?", en="is the hazard ratio the same all the time?"),
    formula="correlation of scaled Schoenfeld residuals with the rank of time ~ chi²(1)",
    source="Grambsch & Therneau (1994), Biometrika 81:515-526",
)
WILSON = Method(
    id="wilson",
    name=Text(sv="Wilsons intervall för en andel", en="Wilson's interval for a share"),
    formula="(p + z²/2n ± z*sqrt(p(1 - p)/n + z²/4n²))/(1 + z²/n); p-value from the exact binomial test",
    source="Wilson (1927), JASA 22:209-212",
)
STUDENT = Method(
    id="student",
    name=Text(sv="t-intervall för ett medelvärde", en="t interval for a mean"),
    formula="m ± t(n - 1) * s/sqrt(n)",
    source="Student (1908), Biometrika 6:1-25",
)
PAIRED = Method(
    id="paired",
    name=Text(sv="förändring inom samma personer", en="change within the same people"),
    formula="mean(after - before) ± t(n - 1) * sd(after - before)/sqrt(n)",
    source="Student (1908), Biometrika 6:1-25",
)
PAIRED_NEWCOMBE = Method(
    id="paired_newcombe",
    name=Text(sv="förändring av en andel inom samma personer", en="change of a share within the same people"),
    formula="d - sqrt(dl1² - 2*phi*dl1*du0 + du0²), d + sqrt(du1² - 2*phi*du1*dl0 + dl0²); distances to Wilson's "
    "limits after (1) and before (0); p-value from those who changed, exact",
    source="Newcombe (1998), Statistics in Medicine 17:2635-2650, method 10; McNemar (1947), Psychometrika 12:153-157",
)
RATE = Method(
    id="rate",
    name=Text(sv="takt, med ojämnheten inräknad", en="rate, allowing for unevenness"),
    formula="R = sum(y)/sum(exposed); log R ± t(n - 1) * sqrt(phi/sum(y)), phi = sum((y - R*e)²/(R*e))/(n - 1); with "
    "one row or no events the exact Poisson limits",
    source="McCullagh & Nelder (1989), Generalized Linear Models, ch. 6; Garwood (1936), Biometrika 28:437-442",
)
SEGMENTED = Method(
    id="segmented",
    name=Text(
        sv="segmenterad regression med autokorrelation (REML)", en="segmented regression with autocorrelation (REML)"
    ),
    formula="y = a + b*t + level*after + slope*(t - t0)*after, errors AR(1) by REML; t(n(1 - r)/(1 + r) - k)",
    source="Wagner et al. (2002), J Clin Pharm Ther 27:299-309; Cheang & Reinsel (2000), JASA 95:1173-1184; "
    "Bayley & Hammersley (1946), JRSS Suppl 8:184-197",
)
NEWEY_WEST = Method(
    id="newey_west",
    name=Text(sv="segmenterad regression, Newey-West", en="segmented regression, Newey-West"),
    formula="least squares; errors from residuals up to 4(n/100)^(2/9) periods apart; t(n - k)",
    source="Newey & West (1987), Econometrica 55:703-708",
)
QUASI_POISSON = Method(
    id="quasi_poisson",
    name=Text(
        sv="segmenterad regression av antal (quasi-Poisson) med autokorrelation",
        en="segmented regression of counts (quasi-Poisson) with autocorrelation",
    ),
    formula="log(mean/exposed) = a + b*t + level*after + slope*(t - t0)*after, variance = phi*mean, errors AR(1) by "
    "REML; ratio = exp(log(sum with) - log(sum without) ± t*se); difference = fitted*(1 - 1/ratio)",
    source="Lopez Bernal, Cummins & Gasparrini (2017), Int J Epidemiol 46:348-355; Breslow & Clayton (1993), JASA "
    "88:9-25; Steenland & Armstrong (2006), Epidemiology 17:512-519",
)
QUASI_POISSON_NEWEY_WEST = Method(
    id="quasi_poisson_newey_west",
    name=Text(sv="segmenterad regression av antal, Newey-West", en="segmented regression of counts, Newey-West"),
    formula="Poisson regression; errors from residuals up to 4(n/100)^(2/9) periods apart; t(n - k)",
    source="Newey & West (1987), Econometrica 55:703-708",
)
KAPLAN_MEIER = Method(
    id="kaplan_meier",
    name=Text(sv="Kaplan-Meier", en="Kaplan-Meier"),
    formula="S(t) = prod(1 - d/n); Greenwood's variance, limits on the log(-log) scale, difference by Zou & Donner",
    source="Kaplan & Meier (1958), JASA 53:457-481; Kalbfleisch & Prentice (1980); "
    "Zou & Donner (2008), Statistics in Medicine 27:1693-1702",
)
RESTRICTED_MEAN = Method(
    id="restricted_mean",
    name=Text(sv="begränsad medeltid utan händelse", en="restricted mean time without the event"),
    formula="area under S(t) up to the horizon; Greenwood-type variance",
    source="Royston & Parmar (2013), BMC Medical Research Methodology 13:152",
)
LOG_RANK = Method(
    id="log_rank",
    name=Text(sv="log-rank-test", en="log-rank test"),
    formula="(sum(O - E))²/sum(V) ~ chi²(1), summed over strata",
    source="Mantel (1966), Cancer Chemotherapy Reports 50:163-170; Peto & Peto (1972), JRSS A 135:185-207",
)
HOLM = Method(
    id="holm",
    name=Text(sv="Holms justering för flera utfall", en="Holm's adjustment for several outcomes"),
    formula="p(1)*m, p(2)*(m - 1), …, in order of size, none below the one before",
    source="Holm (1979), Scand J Statistics 6:65-70",
)
HETEROGENEITY = Method(
    id="heterogeneity",
    name=Text(sv="test av samspel mellan undergrupper", en="test of interaction between subgroups"),
    formula="Q = sum(w*(d - d_mean)²) ~ chi²(groups - 1), w = 1/se²",
    source="Cochran (1954), Biometrics 10:101-129; Altman & Bland (2003), BMJ 326:219",
)
PRICED = Method(
    id="priced",
    name=Text(sv="pris gånger skillnad", en="price times difference"),
    formula="100*(price*difference + practice_cost); the limits are the difference's",
    source="Drummond et al. (2015), Methods for the Economic Evaluation of Health Care Programmes",
)
BREAK_EVEN = Method(
    id="break_even",
    name=Text(sv="återbetalningstid månad för månad", en="payback month by month"),
    formula="first month with sum(saving*units - running) >= upfront",
    source="Drummond et al. (2015), Methods for the Economic Evaluation of Health Care Programmes",
)
MANSKI = Method(
    id="manski",
    name=Text(sv="gränser utan antaganden om bortfallet", en="bounds that assume nothing about those lost"),
    formula="those lost have the lowest possible outcome in one arm and the highest in the other, and the reverse",
    source="Horowitz & Manski (2000), JASA 95:77-84; Imbens & Manski (2004), Econometrica 72:1845-1857",
)
LEE = Method(
    id="lee",
    name=Text(sv="Lees gränser vid bortfall", en="Lee's bounds for attrition"),
    formula="the fuller arm's mean without its lowest, or highest, 1 - r0/r1, less the other arm's mean",
    source="Lee (2009), Review of Economic Studies 76:1071-1102; Imbens & Manski (2004), Econometrica 72:1845-1857",
)
CLUSTER_JACKKNIFE = Method(
    id="cluster_jackknife",
    name=Text(sv="skillnad med grupper som enhet (jackknife)", en="difference with clusters as the unit (jackknife)"),
    formula="b ± t(g - 1 - strata) * sqrt((g - 1)/g * sum((b without one cluster - b)²))",
    source="Bell & McCaffrey (2002), Survey Methodology 28:169-181; MacKinnon, Nielsen & Webb (2023), J Applied "
    "Econometrics 38:671-694",
)
CLUSTER_RANDOMISATION = Method(
    id="cluster_randomisation",
    name=Text(sv="randomiseringstest där grupper lottas", en="randomisation inference over clusters"),
    formula="p = share of the ways clusters could have been assigned with |d*| >= |d|",
    source="Gail et al. (1996), Statistics in Medicine 15:1069-1092",
)
CLUSTER_INTERACTION = Method(
    id="cluster_interaction",
    name=Text(sv="test av samspel när grupper lottats", en="test of interaction when clusters were assigned"),
    formula="Wald's F over the levels' differences, covariance from leaving out each cluster (CV3); F(levels - 1, "
    "clusters - 1 - strata)",
    source="MacKinnon, Nielsen & Webb (2023), J Applied Econometrics 38:671-694",
)
REGRESSION_INTERACTION = Method(
    id="regression_interaction",
    name=Text(sv="test av samspel med ett tal", en="test of interaction with a number"),
    formula="y = a + b*treated + c*x + d*treated*x + strata + covariates; t test of d with HC3 errors",
    source="Imbens & Rubin (2015), Causal Inference, ch. 7; Long & Ervin (2000), American Statistician 54:217-224",
)
GROUP_TIME = Method(
    id="group_time",
    name=Text(sv="skillnad i skillnader, kohort för kohort", en="difference-in-differences, cohort by cohort"),
    formula="ATT(g, t) = mean(y_t - y_(g-1) | began g) - mean(y_t - y_(g-1) | without); averaged by cohort size; "
    "errors from each group's influence, t(groups - 1)",
    source="Callaway & Sant'Anna (2021), J Econometrics 225:200-230",
)
LONE_ADOPTER = Method(
    id="lone_adopter",
    name=Text(sv="skillnad i skillnader med en som började", en="difference-in-differences with one adopter"),
    formula="(mean after - mean before) less the others' mean; p and interval from the rank among the others, each in "
    "turn taken for the one that began",
    source="Conley & Taber (2011), Review of Economics and Statistics 93:113-125",
)
SYNTHETIC = Method(
    id="synthetic",
    name=Text(sv="syntetisk kontroll", en="synthetic control"),
    formula="mean over later periods of y - sum(w*donor), w >= 0 and sum(w) = 1 least squares before; p = rank of "
    "|mean gap|/fit among placebos",
    source="Abadie, Diamond & Hainmueller (2010), JASA 105:493-505; Firpo & Possebom (2018), J Causal Inference "
    "6:20160026",
)
PLACEBO_RATIO = Method(
    id="placebo_ratio",
    name=Text(sv="rang bland platser som inte började", en="rank among places that did not begin"),
    formula="p = rank of sqrt(mean(gap² after)/mean(gap² before)) among all places",
    source="Abadie, Diamond & Hainmueller (2010), JASA 105:493-505",
)
NET_BENEFIT = Method(
    id="net_benefit",
    name=Text(sv="nettonytta per person", en="net benefit per person"),
    formula="difference in means of willingness*effect - cost, by Welch",
    source="Stinnett & Mullahy (1998), Medical Decision Making 18:S68-S80",
)
ICER = Method(
    id="icer",
    name=Text(sv="kostnad per vunnen enhet med Fiellers gränser", en="cost per unit gained with Fieller's limits"),
    formula="difference in cost/difference in effect",
    source="Fieller (1954), JRSS B 16:175-185; Willan & O'Brien (1996), Health Economics 5:297-305",
)
TORNADO = Method(
    id="tornado",
    name=Text(sv="ett antagande i taget", en="one assumption at a time"),
    formula="the net benefit with one of cost, outcome and worth at its low and high end, all else as expected",
    source="Drummond et al. (2015), Methods for the Economic Evaluation of Health Care Programmes, ch. 11",
)
STEPPED = Method(
    id="stepped",
    name=Text(sv="trappstegsinförande, grupp och period inräknade", en="stepped wedge, allowing for group and period"),
    formula="y = group + period + b*practice on group means; p and interval from dealing the starts anew",
    source="Hussey & Hughes (2007), Contemp Clin Trials 28:182-191; Wang & De Gruttola (2017), Stat Med 36:2831-2843",
)
STEPPED_VERTICAL = Method(
    id="stepped_vertical",
    name=Text(sv="trappstegsinförande, inom perioder", en="stepped wedge, within periods"),
    formula="sum(w*(m1 - m0))/sum(w), w = n1*n0/(n1 + n0) in each period; p and interval from dealing the starts anew",
    source="Thompson et al. (2018), Stat Med 37:2487-2500",
)
CALIBRATION = Method(
    id="calibration",
    name=Text(sv="svaren vägda efter det som är känt om alla", en="answers weighed by what is known of all"),
    formula="w*(1 + x'(sum w x x')^-1 (sum of x over all drawn - sum w x)); variance of y less its regression on x",
    source="Särndal & Lundström (2005), Estimation in Surveys with Nonresponse, ch. 6-7; Deville & Särndal (1992), "
    "JASA 87:376-382",
)
SURVEY = Method(
    id="survey",
    name=Text(sv="medelvärde i slumpmässigt urval", en="mean in a random sample"),
    formula="sum(w*y)/sum(w); var = sum over strata of (1 - f)*c/(c - 1)*sum((z - z_mean)²), z = w*(y - m)/sum(w) "
    "summed by cluster; t(clusters - strata)",
    source="Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, ch. 5",
)
SURVEY_SHARE = Method(
    id="survey_share",
    name=Text(sv="andel i slumpmässigt urval", en="share in a random sample"),
    formula="Wilson's limits with n = p(1 - p)/var*(z/t)²",
    source="Korn & Graubard (1998), Survey Methodology 24:193-201",
)

_EVERYWHERE = (globals(), vars(methods_power), vars(methods_pooling))
ALL: tuple[Method, ...] = tuple(
    value for names in _EVERYWHERE for value in list(names.values()) if isinstance(value, Method)
)

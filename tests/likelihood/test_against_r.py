"""Maximum likelihood of families beyond the first five, beside programs of R, to 4 digits.

glmmTMB 1.1.5, ordinal 2022.11-16, survival 3.5 and R 4.2.2; glmmTMB with
`optCtrl = list(rel.tol = 1e-14)`. Each call stands beside its numbers: log likelihood, and
estimates with standard errors. Labels are ours. Standard deviations of group effects and numbers of
the family have no error there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg

DATA = Path(os.environ.get("BAYESGLMM_DATA", "nowhere"))

SALAMANDERS = """
    2 1 6 2 4 0 2 1 3 2 3 2 2 0 0 0 1 6 4 13 1 8 7 2 1 0 0 0 2 5 5 0 0 0 0 0 4 6 3 3 0 0 2 0 2
    2 3 11 4 2 14 0 1 1 1 2 1 6 4 0 0 0 4 0 1 4 2 0 2 0 0 0 0 0 1 0 10 8 3 7 0 0 2 1 1 0 3 2 0
    0 2 1 1 0 0 0 4 1 2 0 8 7 7 36 2 5 7 0 5 7 4 5 2 3 3 2 0 0 0 0 6 4 4 1 3 2 0 0 1 1 2 9 3 11
    5 12 0 0 0 0 4 1 2 7 1 2 0 1 5 4 2 2 4 2 0 0 7 4 2 6 7 6 3 8 7 0 1 4 1 0 1 0 0 0 0 0 0 2 4
    1 4 2 0 0 3 1 3 11 0 0 0 2 5 2 1 1 0 1 0 2 0 3 0 0 0 2 5 4 4 0 0 1 4 5 2 6 2 3 0 2 5 4 3 5
    1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 8 5 9 0 2 5 0 8 0 1 3 10 1 0 0 0 1 2 7 5 5 0 0 0 1
    0 0 5 2 2 3 3 0 1 0 2 0 2 4 3 0 0 0 0 0 2 1 0 4 0 0 0 1 1 1 4 1 3 0 4 1 1 0 1 1 2 7 2 0 0 0
    0 13 3 2 1 1 0 1 0 0 0 0 9 0 1 0 3 1 0 2 0 0 0 0 0 0 0 0 0 0 0 2 1 0 1 0 0 0 0 0 0 0 0 2 0
    1 0 0 0 0 0 2 0 0 1 0 0 0 1 6 3 2 0 0 0 1 1 0 0 3 2 0 2 2 2 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0
    0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 2 2 0 0 0 0 0 0 0 0 0 0 0 0
    0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0
    0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 1 1 0 0 0 0 0 0 0 6 4 1 0 0 0 0 0 0 0 0 0 0 1 3 0 0 0 0 0
    0 0 0 0 1 0 0 0 1 1 2 0 0 3 4 1 0 0 0 0 0 0 0 0 3 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0 1 0 0 1 0 0
    0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 1 0 0
    0 0 0 0 0 0 3 4
"""
"""Counts of the data set Salamanders of glmmTMB: of 23 sites, 7 kinds and 4 visits each, in that
order (Price, Muncy, Bonner, Drayer & Barton 2016, J. Applied Ecology 53; of its first 12 sites, R-1
to R-12, none was mined)."""
KINDS = ("GP", "PR", "DM", "EC-A", "EC-L", "DES-L", "DF")


class Fit(NamedTuple):
    """A fit by another program.

    Attributes
    ----------
    call : str
        In R.
    model : callable
        Ours.
    loglik : float
    numbers : mapping
        Label to estimate and standard error.
    """

    call: str
    model: Callable[[], bg.Model]
    loglik: float
    numbers: dict[str, tuple[float, float | None]]


def webworms(family: str, right: str = "sY * lY + (1 | block)", positive: bool = False, **others):
    frame = pd.read_csv(DATA / "webworms.csv")
    frame["sY"], frame["lY"] = 1.0 * (frame.spray == "Y"), 1.0 * (frame.lead == "Y")
    frame = frame[frame["y"] > 0].reset_index(drop=True) if positive else frame
    return bg.Model(f"y ~ {right}", frame, family=family, **others)


def salamanders(family: str, right: str, **others):
    counts = np.array(SALAMANDERS.split(), dtype=float).reshape(23, 7, 4)
    site, kind, _ = np.unravel_index(np.arange(644), counts.shape)
    frame = pd.DataFrame({"count": counts.ravel(), "site": site, "notmined": 1.0 * (site < 12)})
    frame["spp"] = np.array(KINDS)[kind]
    options = {"family": family} | ({"reference": {"spp": "GP"}} if "spp" in right else {})
    return bg.Model(f"count ~ {right} + (1 | site)", frame, **options, **others)


def cbpp():
    frame = pd.read_csv(DATA / "cbpp.csv")
    return bg.Model("p(incidence, size) ~ C(period) + (1 | herd)", frame, family="beta_binomial")


def gasoline(**others):
    frame = pd.read_csv(DATA / "gasoline_yield.csv").assign(t100=lambda d: d["temp"] / 100)
    return bg.Model("yield ~ t100 + (1 | batch)", frame, family="beta", **others)


def sleep(right: str, family: str, **others):
    frame = pd.read_csv(DATA / "sleepstudy.csv")
    return bg.Model(f"Reaction ~ {right}", frame, family=family, **others)


def lapses(response: str, family: str, **others):
    """Reaction times as a share of the time from 250 to 350 ms, cut at both ends; beyond 270 ms."""
    frame = pd.read_csv(DATA / "sleepstudy.csv")
    frame["excess"] = (frame["Reaction"] - 270).clip(lower=0) / 10
    frame["share"] = ((frame["Reaction"] - 250) / 100).clip(0, 1)
    return bg.Model(f"{response} ~ Days + (1 | Subject)", frame, family=family, **others)


def wine(right: str, **others):
    frame = pd.read_csv(DATA / "wine_bitterness.csv")
    frame["warm"], frame["yes"] = 1.0 * (frame.temp == "warm"), 1.0 * (frame.contact == "yes")
    return bg.Model(f"rating ~ {right}", frame, family="cumulative", **others)


FITS = {
    "nbinom1": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w, family = nbinom1)",
        lambda: webworms("nbinom1"),
        -1500.186707054,
        {
            "Intercept": (0.271064265589, 0.1048243459280),
            "sY": (-0.978145064746, 0.1015475925622),
            "lY": (-0.476492412340, 0.0864157102134),
            "sY:lY": (0.254136528589, 0.1547931868072),
            "alpha": (0.307905804956, None),
            "sd(1|block)": (0.32162705724, None),
        },
    ),
    "nbinom1, alpha by spray": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w, family = nbinom1, dispformula = ~ sY)",
        lambda: webworms("nbinom1", alpha="~ sY"),
        -1498.617364094,
        {
            "Intercept": (0.276650572861, 0.1051625785534),
            "sY": (-1.002230303464, 0.1010848397372),
            "lY": (-0.468854903373, 0.0886428292673),
            "sY:lY": (0.249546281680, 0.1538302458549),
            "alpha_Intercept": (-0.882880931308, 0.234160103369),
            "alpha_sY": (-0.787272935618, 0.489073411853),
            "sd(1|block)": (0.318883873389, None),
        },
    ),
    "generalized Poisson": Fit(
        # The variance is phi times the mean there, and (1 + alpha) times it here.
        "glmmTMB(y ~ sY * lY + (1 | block), w, family = genpois)",
        lambda: webworms("generalized_poisson"),
        -1500.585036499,
        {
            "Intercept": (0.270738448674, 0.104862530475),
            "sY": (-0.977751897135, 0.101384451139),
            "lY": (-0.475742591199, 0.086286742338),
            "sY:lY": (0.252955876853, 0.154534036874),
            "alpha": (0.30630467961, None),
            "sd(1|block)": (0.321889827994, None),
        },
    ),
    "zero-inflated Poisson": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w, ziformula = ~ sY, family = poisson)",
        lambda: webworms("zero_inflated_poisson", zi="~ sY"),
        -1495.935665316,
        {
            "Intercept": (0.492820874934, 0.1074316077343),
            "sY": (-0.901067504257, 0.1327294252670),
            "lY": (-0.496430259103, 0.0831931363808),
            "sY:lY": (0.288130976972, 0.1511689022692),
            "zi_Intercept": (-1.440197460012, 0.205275451966),
            "zi_sY": (0.461469487695, 0.390870535257),
            "sd(1|block)": (0.324481160793, None),
        },
    ),
    "zero-inflated negative binomial": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w, ziformula = ~ 1, family = nbinom2)",
        lambda: webworms("zero_inflated_negative_binomial"),
        -1494.92045756,
        {
            "Intercept": (0.445293714450, 0.1171740133281),
            "sY": (-1.005596055522, 0.1018751199265),
            "lY": (-0.499620497182, 0.0874877423754),
            "sY:lY": (0.290932171968, 0.1528357242970),
            "zi": (1 / (1 + np.exp(1.71910790574)), None),
            "alpha": (8.48651620622, None),
            "sd(1|block)": (0.323469240779, None),
        },
    ),
    "zero-inflated Poisson, effects on both": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w, ziformula = ~ sY + (1 | col), family = poisson)",
        lambda: webworms("zero_inflated_poisson", zi="~ sY + (1 | col)"),
        -1495.43432552,
        {
            "Intercept": (0.495688371992, 0.1070838305378),
            "sY": (-0.927860846653, 0.1366698854237),
            "lY": (-0.488594046199, 0.0879988645739),
            "sY:lY": (0.280936528177, 0.1606335504428),
            "zi_Intercept": (-1.443560760055, 0.235572737590),
            "zi_sY": (0.349566446698, 0.457856474226),
            "sd(1|block)": (0.323184502049, None),
            "sd(zi: 1|col)": (0.335960448783, None),
        },
    ),
    "zero-inflated negative binomial, all with formulas": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w, ziformula = ~ lY, dispformula = ~ sY, nbinom2)",
        lambda: webworms("zero_inflated_negative_binomial", zi="~ lY", alpha="~ sY"),
        -1494.788942885,
        {
            "Intercept": (0.443057943544, 0.117606175672),
            "sY": (-1.008376259410, 0.102799378014),
            "lY": (-0.493452192152, 0.109765136937),
            "sY:lY": (0.292480643545, 0.154664637670),
            "zi_Intercept": (-1.7479475437684, 0.402308512631),
            "zi_lY": (0.0557434667776, 0.531602533395),
            "alpha_Intercept": (2.237556939756, 0.774744985270),
            "alpha_sY": (-0.513525152982, 0.944723574092),
            "sd(1|block)": (0.324589178588, None),
        },
    ),
    "zero-truncated Poisson": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w[w$y > 0, ], family = truncated_poisson)",
        lambda: webworms("zero_truncated_poisson", positive=True),
        -662.237423801,
        {
            "Intercept": (0.525789903791, 0.098977246056),
            "sY": (-0.990168202843, 0.155560290463),
            "lY": (-0.459423544151, 0.104996722909),
            "sY:lY": (0.415471875608, 0.239112022360),
            "sd(1|block)": (0.272438663915, None),
        },
    ),
    "zero-truncated negative binomial": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w[w$y > 0, ], family = truncated_nbinom2)",
        lambda: webworms("zero_truncated_negative_binomial", positive=True),
        -661.1348978415,
        {
            "Intercept": (0.479643930739, 0.109538630844),
            "sY": (-1.018480593418, 0.164762321777),
            "lY": (-0.472478832980, 0.114028721204),
            "sY:lY": (0.435292900935, 0.251118936193),
            "alpha": (10.30770807, None),
            "sd(1|block)": (0.272900327446, None),
        },
    ),
    "hurdle negative binomial": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w, ziformula = ~ sY + lY, family = truncated_nbinom2)",
        lambda: webworms("hurdle_negative_binomial", hu="~ sY + lY"),
        -1512.40226662,
        {
            "Intercept": (0.479644552611, 0.109539091822),
            "sY": (-1.018480783373, 0.164762404974),
            "lY": (-0.472477268945, 0.114028739468),
            "sY:lY": (0.435298962229, 0.251118642926),
            "hu_Intercept": (-0.509840609757, 0.0995262334859),
            "hu_sY": (0.980487816213, 0.1156258338192),
            "hu_lY": (0.442741183199, 0.1155194824572),
            "alpha": (10.3075934242, None),
            "sd(1|block)": (0.272904084502, None),
        },
    ),
    "hurdle Poisson, effects on both": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w, ziformula = ~ sY + (1 | block), truncated_poisson)",
        lambda: webworms("hurdle_poisson", hu="~ sY + (1 | block)"),
        -1509.580371381,
        {
            "Intercept": (0.525790625734, 0.0989767853902),
            "sY": (-0.990170800214, 0.1555603760228),
            "lY": (-0.459426728296, 0.1049967921381),
            "sY:lY": (0.415472330250, 0.2391123829589),
            "hu_Intercept": (-0.294240171887, 0.131978640667),
            "hu_sY": (1.001591980988, 0.117171982958),
            "sd(1|block)": (0.27243612797, None),
            "sd(hu: 1|block)": (0.376628647956, None),
        },
    ),
    "beta-binomial": Fit(
        "glmmTMB(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, betabinomial)",
        cbpp,
        -88.04164681521,
        {
            "Intercept": (-1.318773156621, 0.232612363375),
            "C(period)[2]": (-0.968885319232, 0.406448091844),
            "C(period)[3]": (-1.250929247888, 0.456832020112),
            "C(period)[4]": (-1.472520660704, 0.510861105318),
            "phi": (10.8426588058, None),
        },
    ),
    "beta": Fit(
        "glmmTMB(yield ~ I(temp / 100) + (1 | batch), GasolineYield, family = beta_family)",
        gasoline,
        60.5931310429,
        {
            "Intercept": (-5.18229819347, 0.2404889786881),
            "t100": (1.08290933075, 0.0493664209914),
            "phi": (302.231962665, None),
            "sd(1|batch)": (0.515269977849, None),
        },
    ),
    "beta, phi by temperature": Fit(
        "glmmTMB(yield ~ t100 + (1 | batch), GasolineYield, beta_family, dispformula = ~ t100)",
        lambda: gasoline(phi="~ t100"),
        60.95485913876,
        {
            "Intercept": (-5.09861304254, 0.2654303663942),
            "t100": (1.06039914092, 0.0572089142424),
            "phi_Intercept": (3.940323549637, 2.092905196369),
            "phi_t100": (0.554609199251, 0.643473790119),
            "sd(1|batch)": (0.502818804207, None),
        },
    ),
    "ordered beta": Fit(
        # With start = list(psi = c(-1, 1)); these are the two thresholds.
        "glmmTMB(share ~ Days + (1 | Subject), sleepstudy, family = ordbeta)",
        lambda: lapses("share", "ordered_beta"),
        -97.1435992117,
        {
            "Intercept": (-1.9404344925117, 0.40995265147353),
            "Days": (0.3544286615262, 0.03728422424417),
            "phi": (3.726496580451, None),
            "cutzero": (-2.4061524033984, 0.27514977571544),
            "gap": (1.9088802349526 + 2.4061524033984, None),
            "sd(1|Subject)": (1.511067880868, None),
        },
    ),
    "ordered beta, phi by day": Fit(
        "glmmTMB(share ~ Days + (1 | Subject), family = ordbeta, dispformula = ~ Days)",
        lambda: lapses("share", "ordered_beta", phi="~ Days"),
        -92.45377389226,
        {
            "Intercept": (-1.9555502240635, 0.40111605736487),
            "Days": (0.3507169937689, 0.03612265440306),
            "phi_Intercept": (1.9990998973447, 0.24528580171431),
            "phi_Days": (-0.1461533537013, 0.04846706330839),
            "cutzero": (-2.4337093975320, 0.27178920351391),
            "gap": (1.8747754908834 + 2.4337093975320, None),
            "sd(1|Subject)": (1.510912734055, None),
        },
    ),
    "Tweedie": Fit(
        "glmmTMB(excess ~ Days + (1 | Subject), sleepstudy, family = tweedie)",
        lambda: lapses("excess", "tweedie"),
        -373.5819347102,
        {
            "Intercept": (-0.6784835091787, 0.37290097809768),
            "Days": (0.2725405274963, 0.02426293671736),
            "phi": (1.644284701357, None),
            "power": (1.275491370262, None),
            "sd(1|Subject)": (1.353495300869, None),
        },
    ),
    "Tweedie, phi by day": Fit(
        "glmmTMB(excess ~ Days + (1 | Subject), family = tweedie, dispformula = ~ Days)",
        lambda: lapses("excess", "tweedie", phi="~ Days"),
        -373.4144150249,
        {
            "Intercept": (-0.6787514100197, 0.38380662701129),
            "Days": (0.2696974749905, 0.02477603493934),
            "phi_Intercept": (0.59945520107300, 0.20386217012644),
            "phi_Days": (-0.02554495318498, 0.04405493311211),
            "power": (1.285324775037, None),
            "sd(1|Subject)": (1.398483033917, None),
        },
    ),
    "gamma": Fit(
        'glmmTMB(Reaction ~ Days + (1 | Subject), sleepstudy, family = Gamma(link = "log"))',
        lambda: sleep("Days + (1 | Subject)", "gamma"),
        -883.5783366995,
        {
            "Intercept": (5.533944711347, 0.03227095644747),
            "Days": (0.033845092581, 0.00250645050309),
            "alpha": (np.exp(4.67349094077), None),
            "sd(1|Subject)": (0.124586582888, None),
        },
    ),
    "gamma, shape by day": Fit(
        'glmmTMB(Reaction ~ Days + (1 + Days | Subject), Gamma("log"), dispformula = ~ Days)',
        lambda: sleep("Days + (1 + Days | Subject)", "gamma", alpha="~ Days"),
        -864.0749589587,
        {
            "Intercept": (5.5333230241259, 0.02607822535961),
            "Days": (0.0336425397268, 0.00477492569826),
            "alpha_Intercept": (5.487093384619, 0.250115869975),
            "alpha_Days": (-0.093532202936, 0.047286619900),
            "sd(1|Subject)": (0.102736286806, None),
            "sd(Days|Subject)": (0.0182565866283, None),
            "cor(1, Days|Subject)": (-0.0783214652473, None),
        },
    ),
    "Weibull": Fit(
        'survreg(Surv(Reaction) ~ Days, sleepstudy, dist = "weibull")',
        lambda: sleep("Days", "weibull"),
        -946.8137366159,
        {"Days": (0.0406930605955, 0.00367185129867), "shape": (np.exp(1.9579756154198), None)},
    ),
    "exponential": Fit(
        'survreg(Surv(Reaction) ~ Days, sleepstudy, dist = "exponential")',
        lambda: sleep("Days", "exponential"),
        -1204.870586542,
        {
            "Intercept": (5.5361326120339, 0.1383674149837),
            "Days": (0.0350206375016, 0.0259057989349),
        },
    ),
    "lognormal": Fit(
        'survreg(Surv(Reaction) ~ Days, sleepstudy, dist = "lognormal")',
        lambda: sleep("Days", "lognormal"),
        -945.4878317675,
        {"Days": (0.033668035863, 0.00408928823596), "sigma": (np.exp(-1.847799323892), None)},
    ),
    "inverse Gaussian": Fit(
        'glm(Reaction ~ Days, inverse.gaussian("log"), sleepstudy)',
        lambda: sleep("Days", "inverse_gaussian"),
        -942.9859076001,
        {"Intercept": (5.5366601490373, None), "Days": (0.0348995087495, None)},
    ),
    "salamanders, zero-inflated Poisson": Fit(
        "glmmTMB(count ~ mined + (1 | site), zi = ~ mined, family = poisson, Salamanders)",
        lambda: salamanders("zero_inflated_poisson", "notmined", zi="~ notmined"),
        -949.2347602643,
        {
            "Intercept": (0.0878965033555, 0.232879662448),
            "notmined": (1.1419232205464, 0.246149530820),
            "zi_Intercept": (1.13930438696, 0.235087486986),
            "zi_notmined": (-1.73606692727, 0.262000337644),
            "sd(1|site)": (0.280048893581, None),
        },
    ),
    "salamanders, zipm3": Fit(
        "glmmTMB(count ~ spp * mined + (1 | site), zi = ~ spp * mined, Salamanders, poisson)",
        lambda: salamanders("zero_inflated_poisson", "notmined * spp", zi="~ notmined * spp"),
        -860.0441170477,
        {
            "Intercept": (-0.104455415897, 1.01210599760),
            "notmined": (1.040267645827, 1.02089422243),
            "notmined:spp[DF]": (-0.261357598770, 1.02630435714),
            "zi_Intercept": (3.22269556784, 1.19422404552),
            "zi_notmined": (-4.89632908397, 1.29626355863),
            "zi_notmined:spp[EC-A]": (3.67330343560, 1.74268904255),
            "sd(1|site)": (0.3211554051, None),
        },
    ),
    "salamanders, zero-inflated negative binomial": Fit(
        "glmmTMB(count ~ spp + mined + (1 | site), zi = ~ spp + mined, nbinom2, Salamanders)",
        lambda: salamanders(
            "zero_inflated_negative_binomial", "spp + notmined", zi="~ spp + notmined"
        ),
        -817.1495061961,
        {
            "Intercept": (-0.610377233088, 0.405194815505),
            "spp[PR]": (-0.963701903508, 0.643597208225),
            "spp[DM]": (0.170683408016, 0.235334655273),
            "spp[EC-A]": (-0.387056340160, 0.342443728368),
            "notmined": (1.429350382071, 0.366598230362),
            "zi_Intercept": (0.910038940282, 0.627909055110),
            "zi_spp[PR]": (1.161405009849, 1.334637105766),
            "zi_spp[DF]": (-2.539814268347, 2.181725289130),
            "zi_notmined": (-2.563026442506, 0.604532999969),
            "alpha": (1.51165378784, None),
            "sd(1|site)": (0.379926966968, None),
        },
    ),
    "salamanders, hurdle Poisson": Fit(
        "glmmTMB(count ~ spp + mined + (1 | site), zi = ~ spp + mined, truncated_poisson)",
        lambda: salamanders("hurdle_poisson", "spp + notmined", hu="~ spp + notmined"),
        -878.0834371615,
        {
            "Intercept": (-0.0670468391418, 0.206048224204),
            "spp[EC-L]": (0.6467239102238, 0.132287962275),
            "notmined": (1.0145016429932, 0.187239304609),
            "hu_Intercept": (1.755612512963, 0.283332113534),
            "hu_spp[PR]": (1.678498142635, 0.396427000326),
            "hu_notmined": (-2.403796222090, 0.208884924873),
            "sd(1|site)": (0.230609522925, None),
        },
    ),
    "wine, logit": Fit(
        "clm(rating ~ warm * yes, data = wine)",
        lambda: wine("warm * yes"),
        -86.41620041958,
        {
            "Intercept": (1.411261964705, 0.545353234293),
            "gap_2": (1.143553660397 + 1.411261964705, None),
            "gap_3": (3.377082486687 - 1.143553660397, None),
            "gap_4": (4.941982256306 - 3.377082486687, None),
            "warm": (2.321184260705, 0.700947939442),
            "yes": (1.347460426433, 0.660355650192),
            "warm:yes": (0.359548880191, 0.923818848434),
        },
    ),
    "wine, probit": Fit(
        'clm(rating ~ warm + yes, data = wine, link = "probit")',
        lambda: wine("warm + yes", link="probit"),
        -85.76114836478,
        {
            "Intercept": (0.773262728758, 0.282862357059),
            "gap_2": (0.736021489839 + 0.773262728758, None),
            "warm": (1.499374578399, 0.291790391090),
            "yes": (0.867743538883, 0.266907009282),
        },
    ),
    "wine, cloglog": Fit(
        'clm(rating ~ warm + yes, data = wine, link = "cloglog")',
        lambda: wine("warm + yes", link="cloglog"),
        -86.63407920881,
        {
            "Intercept": (1.740082367270, 0.462849698740),
            "gap_4": (2.596797048758 - 1.728855343006, None),
            "warm": (1.605760090851, 0.324566268170),
            "yes": (0.859713656479, 0.282731914790),
        },
    ),
    "wine, scale": Fit(
        "clm(rating ~ warm + yes, scale = ~ warm, data = wine)",
        lambda: wine("warm + yes", disc="~ 0 + warm"),
        -86.4394628794,
        {
            "Intercept": (1.3520417699054, 0.522331643626),
            "gap_2": (1.2730017572792 + 1.3520417699054, None),
            "warm": (2.6294184304362, 0.685970636536),
            "yes": (1.5878437550857, 0.530137955365),
            "disc_warm": (-0.0953591668521, 0.294142465415),
        },
    ),
    "wine, judges": Fit(
        # Errors by clmm2(rating ~ warm + yes, random = judge, Hess = TRUE): those of clmm move in
        # the second digit with gradTol.
        "clmm(rating ~ warm + yes + (1 | judge), data = wine)",
        lambda: wine("warm + yes + (1 | judge)"),
        -81.56541277683,
        {
            "Intercept": (1.62367344534, 0.6824427373),
            "gap_2": (1.51335914557 + 1.62367344534, None),
            "warm": (3.06300463624, 0.5953803376),
            "yes": (1.83490298979, 0.512531101),
            "sd(1|judge)": (1.13113257811, None),
        },
    ),
}


@pytest.mark.skipif(not DATA.is_dir(), reason="the data files are not here")
@pytest.mark.parametrize("name", FITS)
def test_it_is_that_of_another_program(name):
    fit = FITS[name]
    found = fit.model().ml()
    assert found.converged, found.verdict()
    assert found.loglik == pytest.approx(fit.loglik, abs=2e-6)
    for label, (estimate, error) in fit.numbers.items():
        scale = found.errors[found.place(label)]
        assert abs(found.estimate(label) - estimate) < 2e-3 * scale, label
        if error is not None:
            assert scale == pytest.approx(error, rel=2e-3), label


@pytest.mark.skipif(not DATA.is_dir(), reason="the data files are not here")
def test_ordered_categories_by_quadrature():
    """``clmm(rating ~ warm + yes + (1 | judge), data = wine, nAGQ = 10)``."""
    found = wine("warm + yes + (1 | judge)").ml(quadrature=10)
    assert found.loglik == pytest.approx(-81.5324607117, abs=1e-5)
    numbers = {"Intercept": 1.62348745246, "warm": 3.06189099347, "yes": 1.83343336539}
    for label, estimate in (numbers | {"sd(1|judge)": 1.1347832984}).items():
        assert abs(found.estimate(label) - estimate) < 2e-3 * found.errors[found.place(label)]

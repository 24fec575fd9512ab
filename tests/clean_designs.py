"""Forty clean designs, simulated from the descriptions of public data sets: nothing is wrong.

Each row is a maker: it gets a generator and gives formula, options and rows. Sizes, names and
codings are those of the descriptions; values are drawn.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

type Made = tuple[str, dict[str, object], pd.DataFrame]
type Maker = Callable[[np.random.Generator], Made]


def _cross(**levels: object) -> pd.DataFrame:
    """Every combination of some levels, the last one fastest."""
    return pd.MultiIndex.from_product(levels.values(), names=list(levels)).to_frame(index=False)


def _names(start: str, count: int) -> list[str]:
    return [f"{start}{k:02d}" for k in range(1, count + 1)]


def _effects(rng: np.random.Generator, column: pd.Series, sd: float) -> np.ndarray:
    codes = pd.factorize(column)[0]
    return rng.normal(0, sd, codes.max() + 1)[codes]


def _binary(rng: np.random.Generator, eta: object) -> np.ndarray:
    eta = np.asarray(eta, dtype=float)
    return (rng.uniform(size=len(eta)) < 1 / (1 + np.exp(-eta))).astype(int)


def sleep(rng: np.random.Generator) -> Made:
    d = _cross(Subject=_names("S", 18), Days=range(10))
    slopes = rng.normal(10, 6, 18)[pd.factorize(d["Subject"])[0]]
    mean = 250 + _effects(rng, d["Subject"], 25) + slopes * d["Days"]
    d["Reaction"] = (mean + rng.normal(0, 25, len(d))).round(4)
    return "Reaction ~ Days + (1 + Days | Subject)", {}, d


def cattle(rng: np.random.Generator) -> Made:
    d = _cross(herd=_names("h", 15), period=["1", "2", "3", "4"])
    d["size"] = rng.integers(8, 35, len(d))
    eta = -1.2 + _effects(rng, d["herd"], 0.6) - 0.5 * d["period"].astype(int)
    d["incidence"] = rng.binomial(d["size"], 1 / (1 + np.exp(-eta)))
    return "p(incidence, size) ~ period + (1 | herd)", {"family": "binomial"}, d


def oats(rng: np.random.Generator) -> Made:
    varieties = ["Golden Rain", "Marvellous", "Victory"]
    d = _cross(Block=_names("B", 6), Variety=varieties, nitro=[0.0, 0.2, 0.4, 0.6])
    mean = 80 + 70 * d["nitro"] + _effects(rng, d["Block"], 14)
    mean += _effects(rng, d["Block"] + d["Variety"], 10)
    d["yield"] = (mean + rng.normal(0, 13, len(d))).round()
    return "`yield` ~ nitro + Variety + (1 | Block / Variety)", {}, d


def oats_four_blocks(rng: np.random.Generator) -> Made:
    d = _cross(block=list("ABCD"), irrigation=["drip", "none", "spray"], nitrogen=[40, 80, 120])
    d = pd.concat([d, d], ignore_index=True)
    d["plot"] = d["block"] + d["irrigation"].str[0]
    mean = 5 + 0.01 * d["nitrogen"] + _effects(rng, d["plot"], 0.5)
    d["tonnes"] = (mean + rng.normal(0, 0.4, len(d))).round(2)
    options = {"reference": {"irrigation": "none"}}
    return "tonnes ~ irrigation * nitrogen + block + (1 | plot)", options, d


def penicillin(rng: np.random.Generator) -> Made:
    d = _cross(plate=list("abcdefghijklmnopqrstuvwx"), sample=list("ABCDEF"))
    mean = 23 + _effects(rng, d["plate"], 0.85) + _effects(rng, d["sample"], 1.9)
    d["diameter"] = (mean + rng.normal(0, 0.55, len(d))).round()
    return "diameter ~ 1 + (1 | plate) + (1 | sample)", {}, d


def machines(rng: np.random.Generator) -> Made:
    d = _cross(Worker=["1", "2", "3", "4", "5", "6"], Machine=["A", "B", "C"], rep=range(3))
    mean = 55 + 5 * pd.factorize(d["Machine"])[0] + _effects(rng, d["Worker"], 5)
    mean += _effects(rng, d["Worker"] + d["Machine"], 3.7)
    d["score"] = (mean + rng.normal(0, 1, len(d))).round(1)
    return "score ~ Machine + (1 | Worker / Machine)", {}, d.drop(columns="rep")


def pastes(rng: np.random.Generator) -> Made:
    d = _cross(batch=list("ABCDEFGHIJ"), cask=["a", "b", "c"], assay=range(2))
    mean = 60 + _effects(rng, d["batch"], 1.3) + _effects(rng, d["batch"] + d["cask"], 2.9)
    d["strength"] = (mean + rng.normal(0, 0.8, len(d))).round(1)
    return "strength ~ 1 + (1 | batch / cask)", {}, d.drop(columns="assay")


def epilepsy(rng: np.random.Generator) -> Made:
    d = _cross(subject=range(1, 60), period=range(1, 5))
    base = np.exp(rng.normal(3.2, 0.8, 59)).round() + 6
    age = rng.integers(18, 43, 59)
    trt = np.where(np.arange(59) % 2, "progabide", "placebo")
    who = d["subject"].to_numpy() - 1
    d["trt"], d["base"], d["age"] = trt[who], base[who], age[who]
    d["lbase"] = np.log(d["base"] / 4) - np.log(d["base"] / 4).mean()
    d["V4"] = (d["period"] == 4).astype(int)
    eta = 1.8 + 0.9 * d["lbase"] - 0.2 * (d["trt"] == "progabide")
    d["y"] = rng.poisson(np.exp(eta + _effects(rng, d["subject"], 0.5)))
    formula = "y ~ lbase * trt + age + V4 + (1 | subject)"
    return formula, {"family": "poisson", "labels": {"V4": {0: "earlier", 1: "last"}}}, d


def epilepsy_plain(rng: np.random.Generator) -> Made:
    _, _, d = epilepsy(rng)
    d = d.rename(columns={"base": "baseline"})
    return "y ~ log(baseline) + trt + (1 | subject)", {"family": "poisson"}, d


def schools(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"school": rng.choice(_names("school ", 65), 2000)})
    d["standLRT"] = rng.normal(0, 1, len(d)).round(5)
    d["sex"] = rng.choice(["F", "M"], len(d))
    d["schgend"] = rng.choice(["mixed", "boys", "girls"], 65)[pd.factorize(d["school"])[0]]
    mean = 0.55 * d["standLRT"] + _effects(rng, d["school"], 0.3)
    d["normexam"] = (mean + rng.normal(0, 0.75, len(d))).round(5)
    return "normexam ~ standLRT + sex + schgend + (1 + standLRT | school)", {}, d


def grouse_ticks(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"BROOD": np.repeat(np.arange(501, 619), rng.integers(1, 7, 118))})
    d["INDEX"] = np.arange(1, len(d) + 1)
    d["LOCATION"] = pd.factorize(d["BROOD"])[0] // 2 + 1
    d["HEIGHT"] = rng.integers(403, 533, 63)[d["LOCATION"] % 63]
    d["YEAR"] = rng.choice(["95", "96", "97"], 118)[pd.factorize(d["BROOD"])[0]]
    eta = 0.5 - 0.02 * (d["HEIGHT"] - 460) + _effects(rng, d["BROOD"], 0.7)
    d["TICKS"] = rng.poisson(np.exp(eta + rng.normal(0, 0.5, len(d))))
    formula = "TICKS ~ YEAR + center(HEIGHT) + (1 | BROOD) + (1 | INDEX) + (1 | LOCATION)"
    return formula, {"family": "poisson"}, d


def contraception(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"woman": np.arange(1, 1935), "district": rng.integers(1, 61, 1934)})
    d["livch"] = rng.choice(["0", "1", "2", "3+"], len(d))
    d["age"] = rng.normal(0, 9, len(d)).round(4)
    d["urban"] = rng.choice(["N", "Y"], len(d))
    eta = -1 + 0.7 * (d["urban"] == "Y") + _effects(rng, d["district"], 0.5)
    d["use"] = np.where(_binary(rng, eta), "Y", "N")
    return "use ~ age + livch + urban + (1 | district)", {"family": "bernoulli"}, d


def verbal_aggression(rng: np.random.Generator) -> Made:
    d = _cross(id=range(1, 121), item=_names("item", 24))
    d["Anger"] = rng.integers(11, 40, 120)[d["id"] - 1]
    d["Gender"] = rng.choice(["F", "M"], 120)[d["id"] - 1]
    d["btype"] = np.array(["curse", "scold", "shout"])[pd.factorize(d["item"])[0] % 3]
    d["situ"] = np.array(["other", "self"])[pd.factorize(d["item"])[0] // 12]
    eta = -1 + 0.05 * d["Anger"] + _effects(rng, d["id"], 1.2) + _effects(rng, d["item"], 0.5)
    d["r2"] = np.where(_binary(rng, eta - 0.3), "Y", "N")
    formula = "r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)"
    return formula, {"family": "bernoulli"}, d


def crossover_trial(rng: np.random.Generator) -> Made:
    d = _cross(patient=_names("P", 24), period=["1", "2"])
    order = pd.factorize(d["patient"])[0] % 2
    first = (d["period"] == "1").to_numpy()
    d["drug"] = np.where(first == (order == 0), "formoterol", "salbutamol")
    mean = 300 + _effects(rng, d["patient"], 60) + 40 * (d["drug"] == "formoterol")
    d["pef"] = (mean + rng.normal(0, 25, len(d))).round(-1)
    return "pef ~ drug + period + (1 | patient)", {}, d


def dose_trial(rng: np.random.Generator) -> Made:
    d = _cross(subject=_names("s", 30), dose=[0, 5, 10, 20], week=[1, 2])
    mean = 10 + 0.2 * d["dose"] + _effects(rng, d["subject"], 2)
    d["response"] = (mean + rng.normal(0, 1.5, len(d))).round(2)
    return "response ~ dose + week + (1 + dose | subject)", {}, d


def growth(rng: np.random.Generator) -> Made:
    d = _cross(Subject=_names("M", 16) + _names("F", 11), age=[8, 10, 12, 14])
    d["Sex"] = np.where(d["Subject"].str[0] == "M", "Male", "Female")
    mean = 17 + 0.6 * d["age"] + _effects(rng, d["Subject"], 1.8)
    d["distance"] = ((mean + rng.normal(0, 1.4, len(d))) * 2).round() / 2
    return "distance ~ age * Sex + (1 + age | Subject)", {}, d


def boys(rng: np.random.Generator) -> Made:
    d = _cross(Subject=_names("b", 26), Occasion=range(1, 10))
    d["age"] = (d["Occasion"] - 5) / 4 + rng.uniform(-0.02, 0.02, len(d)).round(4)
    mean = 149 + 6.5 * d["age"] + _effects(rng, d["Subject"], 8)
    d["height"] = (mean + rng.normal(0, 0.7, len(d))).round(1)
    return "height ~ age + (1 + age | Subject)", {}, d


def rats(rng: np.random.Generator) -> Made:
    d = _cross(Rat=range(1, 17), Time=[1, 8, 15, 22, 29, 36, 43, 44, 50, 57, 64])
    diets = np.repeat(["1", "2", "3"], [8, 4, 4])
    d["Diet"] = diets[d["Rat"] - 1]
    mean = 250 + 0.4 * d["Time"] + 200 * (d["Diet"] != "1") + _effects(rng, d["Rat"], 35)
    d["weight"] = (mean + rng.normal(0, 5, len(d))).round()
    return "weight ~ Time * Diet + (1 + Time | Rat)", {}, d


def chicks(rng: np.random.Generator) -> Made:
    d = _cross(Chick=_names("c", 50), Time=[0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 21])
    d["Diet"] = rng.choice(["1", "2", "3", "4"], 50)[pd.factorize(d["Chick"])[0]]
    slope = rng.normal(8, 2, 50)[pd.factorize(d["Chick"])[0]]
    d["weight"] = (40 + slope * d["Time"] + rng.normal(0, 5, len(d))).round()
    return "weight ~ Time + Diet + Time:Diet + (0 + Time | Chick)", {}, d


def owls(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"Nest": np.repeat(_names("nest ", 27), 22)})
    d["BroodSize"] = rng.integers(1, 8, 27)[pd.factorize(d["Nest"])[0]]
    d["FoodTreatment"] = rng.choice(["Deprived", "Satiated"], len(d))
    d["ArrivalTime"] = rng.uniform(21.7, 29.3, len(d)).round(2)
    d["SexParent"] = rng.choice(["Female", "Male"], len(d))
    eta = 0.5 - 0.6 * (d["FoodTreatment"] == "Satiated") + _effects(rng, d["Nest"], 0.4)
    d["calls"] = rng.poisson(d["BroodSize"] * np.exp(eta) * rng.gamma(1, 1, len(d)))
    formula = "calls ~ FoodTreatment * SexParent + ArrivalTime + (1 | Nest)"
    return formula, {"family": "negative_binomial", "exposure": "BroodSize"}, d


def salamanders_counted(rng: np.random.Generator) -> Made:
    d = _cross(site=_names("R-", 23), sample=[1, 2, 3, 4], spp=["BL", "DF", "DM", "EC", "GP"])
    d["mined"] = np.where(pd.factorize(d["site"])[0] < 11, "yes", "no")
    d["cover"] = rng.normal(0, 1, 23).round(4)[pd.factorize(d["site"])[0]]
    eta = -0.2 - 1.2 * (d["mined"] == "yes") + _effects(rng, d["site"], 0.4)
    d["count"] = rng.poisson(np.exp(eta))
    return "count ~ mined + spp + cover + (1 | site)", {"family": "poisson"}, d


def dental(rng: np.random.Generator) -> Made:
    d = _cross(
        child=range(1, 201), tooth=["lower left", "lower right", "upper left", "upper right"]
    )
    d = pd.concat([d] * 8, ignore_index=True)
    d["fluoride"] = rng.choice(["no", "yes"], 200)[d["child"] - 1]
    eta = -0.5 - 0.4 * (d["fluoride"] == "yes") + _effects(rng, d["child"], 0.8)
    d["caries"] = _binary(rng, eta)
    return "caries ~ fluoride + tooth + (1 | child)", {"family": "bernoulli"}, d


def soup(rng: np.random.Generator) -> Made:
    d = _cross(judge=_names("J", 40), product=["A", "B", "C", "D"], serving=["1st", "2nd"])
    d["liking"] = (50 + _effects(rng, d["judge"], 10) + rng.normal(0, 12, len(d))).round(1)
    return "liking ~ product + serving + (1 | judge)", {}, d


def rail(rng: np.random.Generator) -> Made:
    d = _cross(Rail=["1", "2", "3", "4", "5", "6"], measurement=range(3))
    d["travel"] = (66 + _effects(rng, d["Rail"], 25) + rng.normal(0, 4, len(d))).round()
    return "travel ~ 1 + (1 | Rail)", {}, d.drop(columns="measurement")


def dyestuff(rng: np.random.Generator) -> Made:
    d = _cross(Batch=list("ABCDEF"), sample=range(5))
    d["Yield"] = (1527 + _effects(rng, d["Batch"], 42) + rng.normal(0, 50, len(d))).round(-1)
    return "Yield ~ 1 + (1 | Batch)", {}, d.drop(columns="sample")


def cake(rng: np.random.Generator) -> Made:
    d = _cross(recipe=["A", "B", "C"], replicate=range(1, 16), temperature=range(175, 226, 10))
    mean = 32 + 0.15 * (d["temperature"] - 200)
    mean += _effects(rng, d["recipe"] + d["replicate"].astype(str), 6)
    d["angle"] = (mean + rng.normal(0, 4.5, len(d))).round()
    return "angle ~ recipe + center(temperature) + (1 | replicate:recipe)", {}, d


def lexical(rng: np.random.Generator) -> Made:
    d = _cross(Subject=_names("s", 21), Word=_names("w", 79))
    d["Frequency"] = rng.normal(4.75, 1.3, 79).round(4)[pd.factorize(d["Word"])[0]]
    d["NativeLanguage"] = rng.choice(["English", "Other"], 21)[pd.factorize(d["Subject"])[0]]
    d["Trial"] = np.tile(np.arange(23, 23 + 79 * 2, 2), 21)
    mean = 6.5 - 0.04 * d["Frequency"] + _effects(rng, d["Subject"], 0.15)
    d["RT"] = (mean + _effects(rng, d["Word"], 0.07) + rng.normal(0, 0.17, len(d))).round(6)
    return "RT ~ Frequency + NativeLanguage + Trial + (1 | Subject) + (1 | Word)", {}, d


def ergo(rng: np.random.Generator) -> Made:
    d = _cross(Type=["T1", "T2", "T3", "T4"], Subject=_names("p", 9))
    mean = 8 + pd.factorize(d["Type"])[0] + _effects(rng, d["Subject"], 1.3)
    d["effort"] = (mean + rng.normal(0, 1.1, len(d))).round()
    return "effort ~ Type + (1 | Subject)", {}, d


def radon(rng: np.random.Generator) -> Made:
    sizes = rng.integers(2, 40, 85)
    d = pd.DataFrame({"county": np.repeat(_names("county ", 85), sizes)})
    d["floor"] = (rng.uniform(size=len(d)) < 0.17).astype(int)
    d["uranium"] = rng.normal(0, 0.4, 85).round(4)[pd.factorize(d["county"])[0]]
    mean = 1.4 - 0.7 * d["floor"] + 0.7 * d["uranium"] + _effects(rng, d["county"], 0.15)
    d["log_radon"] = np.log((np.exp(mean + rng.normal(0, 0.7, len(d)))).round(1) + 0.1)
    options = {"labels": {"floor": {0: "basement", 1: "first floor"}}}
    return "log_radon ~ floor + uranium + (1 + floor | county)", options, d


def scottish_lips(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"district": _names("d", 56)})
    d["expected"] = np.exp(rng.uniform(0.2, 4.4, 56)).round(1)
    d["pcaff"] = rng.choice([0, 1, 7, 10, 16, 24], 56)
    eta = -0.3 + 0.04 * d["pcaff"] + rng.normal(0, 0.5, 56)
    d["observed"] = rng.poisson(d["expected"] * np.exp(eta))
    options = {"family": "poisson", "exposure": "expected"}
    return "observed ~ pcaff + (1 | district)", options, d


def pumps(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"pump": _names("pump ", 30), "thousand_hours": rng.uniform(1, 130, 30)})
    d["use"] = np.where(np.arange(30) % 2, "continuous", "intermittent")
    rate = 0.2 * np.exp(_effects(rng, d["pump"], 0.6))
    d["failures"] = rng.poisson(rate * d["thousand_hours"])
    options = {"family": "poisson", "exposure": "thousand_hours"}
    return "failures ~ use + (1 | pump)", options, d


def bees(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"hive": np.repeat(_names("hive ", 24), 3)})
    d["infection"] = rng.choice(["no", "yes"], 24)[pd.factorize(d["hive"])[0]]
    d["bees"] = rng.integers(10_000, 90_000, 24)[pd.factorize(d["hive"])[0]]
    eta = np.log(d["bees"]) - 10 + 0.6 * (d["infection"] == "yes") + _effects(rng, d["hive"], 0.6)
    d["spores"] = rng.poisson(np.exp(eta))
    formula = "spores ~ infection + offset(log(bees)) + (1 | hive)"
    return formula, {"family": "poisson"}, d


def seeds_plates(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"plate": _names("plate ", 21)})
    d["seed"] = np.where(np.arange(21) < 11, "O. aegyptiaca 73", "O. aegyptiaca 75")
    d["extract"] = np.where(np.arange(21) % 2, "cucumber", "bean")
    d["n"] = rng.integers(10, 80, 21)
    eta = -0.5 + 1.2 * (d["extract"] == "cucumber") + _effects(rng, d["plate"], 0.3)
    d["germinated"] = rng.binomial(d["n"], 1 / (1 + np.exp(-eta)))
    return "p(germinated, n) ~ seed * extract + (1 | plate)", {"family": "binomial"}, d


def hospitals(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"hospital": rng.choice(_names("H", 30), 3000)})
    d["age"] = rng.normal(65, 12, len(d)).round()
    d["sex"] = rng.choice(["female", "male"], len(d))
    d["treatment"] = rng.choice(["active", "placebo"], len(d))
    eta = -1 + 0.03 * (d["age"] - 65) + _effects(rng, d["hospital"], 0.4)
    d["outcome"] = np.where(_binary(rng, eta), "died", "alive")
    options = {"family": "bernoulli", "reference": {"treatment": "placebo"}}
    return "outcome ~ center(age) + sex + treatment + (1 | hospital)", options, d


def teachers(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"class_id": np.repeat(_names("class ", 100), 20)})
    d["extraversion"] = rng.integers(1, 11, len(d))
    d["gender"] = rng.choice(["boy", "girl"], len(d))
    d["texp"] = rng.integers(2, 26, 100)[pd.factorize(d["class_id"])[0]]
    mean = 2 + 0.4 * d["extraversion"] + _effects(rng, d["class_id"], 0.8)
    d["popular"] = (mean + rng.normal(0, 0.7, len(d))).round(1)
    formula = "popular ~ extraversion + gender + texp + (1 + extraversion | class_id)"
    return formula, {}, d


def wages(rng: np.random.Generator) -> Made:
    d = _cross(nr=range(1, 201), year=range(1980, 1988))
    d["educ"] = rng.integers(8, 17, 200)[d["nr"] - 1]
    d["union"] = rng.choice(["no", "yes"], len(d))
    d["exper"] = d["year"] - 1980 + rng.integers(1, 8, 200)[d["nr"] - 1]
    mean = 1.2 + 0.05 * d["educ"] + 0.03 * d["exper"] + _effects(rng, d["nr"], 0.3)
    d["lwage"] = (mean + rng.normal(0, 0.3, len(d))).round(6)
    return "lwage ~ educ + exper + union + (1 | nr)", {}, d


def plant_density(rng: np.random.Generator) -> Made:
    d = _cross(field=_names("f", 12), strip=range(1, 9))
    d["plant_density"] = rng.uniform(20, 200, len(d)).round(1)
    d["moisture"] = rng.uniform(5, 40, len(d)).round(1)
    eta = 0.3 + 0.03 * d["moisture"] + 0.004 * d["plant_density"] + _effects(rng, d["field"], 0.3)
    d["aphids"] = rng.poisson(np.exp(eta))
    formula = "aphids ~ moisture + plant_density + (1 | field)"
    return formula, {"family": "poisson"}, d


def households(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"village": rng.choice(_names("village ", 40), 1200)})
    d["nkids"] = rng.poisson(1.2, len(d)).clip(0, 5)
    d["income"] = np.exp(rng.normal(7, 0.6, len(d))).round()
    mean = 5 + 0.3 * np.log(d["income"]) - 0.1 * d["nkids"] + _effects(rng, d["village"], 0.3)
    d["log_spending"] = (mean + rng.normal(0, 0.5, len(d))).round(3)
    return "log_spending ~ log(income) + nkids + (1 | village)", {}, d


def reading(rng: np.random.Generator) -> Made:
    d = _cross(pupil=range(1, 121), grade=range(1, 6))
    d["school"] = (d["pupil"] - 1) // 8 + 101
    mean = 40 + 8 * d["grade"] + _effects(rng, d["pupil"], 6) + _effects(rng, d["school"], 3)
    d["score"] = (mean + rng.normal(0, 5, len(d))).round()
    return "score ~ grade + (1 | school / pupil)", {}, d


def two_columns(rng: np.random.Generator) -> Made:
    d = pd.DataFrame({"g": rng.integers(1, 31, 300)})
    d["y"] = (10 + _effects(rng, d["g"], 1) + rng.normal(0, 2, 300)).round(2)
    return "y ~ 1 + (1 | g)", {}, d


def insecticide(rng: np.random.Generator) -> Made:
    d = _cross(tray=_names("tray ", 20), dose=[0, 1, 2, 3, 4])
    d["insects"] = rng.integers(25, 60, len(d))
    eta = -2 + 0.9 * d["dose"] + _effects(rng, d["tray"], 0.4)
    d["dead"] = rng.binomial(d["insects"], 1 / (1 + np.exp(-eta)))
    return "p(dead, insects) ~ dose + (1 | tray)", {"family": "binomial"}, d


CLEAN: tuple[Maker, ...] = (
    sleep, cattle, oats, oats_four_blocks, penicillin, machines, pastes, epilepsy, epilepsy_plain,
    schools, grouse_ticks, contraception, verbal_aggression, crossover_trial, dose_trial, growth,
    boys, rats, chicks, owls, salamanders_counted, dental, soup, rail, dyestuff, cake, lexical,
    ergo, radon, scottish_lips, pumps, bees, seeds_plates, hospitals, teachers, wages,
    plant_density, households, reading, two_columns, insecticide,
)  # fmt: skip

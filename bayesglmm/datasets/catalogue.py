"""What data sets there are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set of the library.

    Attributes
    ----------
    name : str
    file : str
        File name; empty where the data are built.
    sha256 : str
        Checksum of the file.
    about : str
        What it is.
    origin : str
        Where it comes from.
    caveats : tuple of str
        What an honest analysis must say.
    """

    name: str
    file: str
    sha256: str
    about: str
    origin: str
    caveats: tuple[str, ...] = ()


_VSRR = "NCHS Vital Statistics Rapid Release, data.cdc.gov, data set e2d5-ggg7 (US federal work)"
_MATERNAL_CAVEATS = (
    "Every row is a window of 12 months: neighbouring rows share 11/12 of their deaths, so "
    "intervals that treat rows as independent are far too narrow.",
    "Rows by age and rows by ethnicity are two splits of the same deaths: each death is counted "
    "about twice, and an age of Unknown means exactly that the ethnicity is known.",
    "Counts from 1 to 9 are suppressed, which is missing, not absent.",
    "The Dobbs ruling falls inside a window: one that ends in June 2022 lies 11/12 before it.",
    "The series is provisional; later vintages revise earlier months.",
)
_POLL_CAVEATS = (
    "178 undecided respondents have no answer, and two states (AK, HI) have no respondents.",
    "Regions 2 and 3 are North Central and South; some published analyses swap the two.",
)
_ARM = "Gelman & Hill (2007), ARM; stan-dev/example-models @2847a61, ARM/Ch.14"

DATASETS: tuple[Dataset, ...] = (
    Dataset(
        "crossover",
        "",
        "",
        "Crossover trial of 67 patients in two periods; safety outcome: an abnormal ECG",
        "Jones & Kenward (1989), Design and Analysis of Cross-Over Trials; published cell counts",
        (
            "Two binary rows a patient: the Laplace approximation fails (SD 23.5 where exact "
            "maximum likelihood gives 4.9), and odds ratios conditional on the patient are far "
            "from those averaged over patients.",
        ),
    ),
    Dataset(
        "ohio_cancer",
        "ohio_cancer.csv",
        "e8457cdde358df4ba334c6b7e93eb246363b5b5035f85d2bdf7ffa17e17b7e28",
        "Lung-cancer deaths in 88 Ohio counties, 1968-1988, by sex and race",
        "Paula-Moraga/SpatialEpiApp @a96c21d, dataohiocomplete.csv (columns renamed)",
        (
            "Sex 1 is male; race 1 is white (89.6 % of person-years); year 1 is 1968.",
            "Crude counts, not adjusted for age. The smallest population is 3.",
        ),
    ),
    Dataset(
        "ohio_counties",
        "ohio_counties.csv",
        "ba3c0390fedee29f344de07d79a1d9f5864a74e387fd73a1a6119837d16fa526",
        "Names, FIPS codes and centres of the Ohio counties",
        "US Census Bureau, TIGER/Line 2007 FE; Paula-Moraga/SpatialEpiApp @a96c21d",
    ),
    Dataset(
        "ohio_county_adjacency",
        "ohio_county_adjacency.csv",
        "eee4c3ee0838b4f3d549b78178012b904d9d9259cb69bc19e8cdfb9d465b8dee",
        "Pairs of neighbouring Ohio counties",
        "US Census Bureau, TIGER/Line 2007 FE; Paula-Moraga/SpatialEpiApp @a96c21d",
    ),
    Dataset(
        "maternal_518",
        "maternal_518_reference.csv",
        "cb2318e18bf31deb4f83c5b18da58c78dc40019f773fe5c11df246e21d3ce978",
        "Maternal deaths and live births, 12-month windows 2019-2024, rows with a published rate",
        f"{_VSRR}, vintage of July 2025; one published preprocessing of it",
        (
            *_MATERNAL_CAVEATS,
            "Rows with a suppressed rate are left out as well: 14 of 61 rows of American Indian or "
            "Alaska Native women remain, selected on the outcome.",
        ),
    ),
    Dataset(
        "maternal_vsrr",
        "maternal_vsrr_asof_2025-07-06.csv",
        "4ead99705abe6fa1e5fa5f74d0c95e76dc767c72d0621eee85a32fd7750bf36a",
        "Provisional maternal deaths, January 2019 to March 2025",
        f"{_VSRR}; copy in asveal326/MMR-MSDS-Capstone @b1b829c",
        _MATERNAL_CAVEATS,
    ),
    Dataset(
        "maternal_vsrr_2024",
        "maternal_vsrr_asof_2024-10-06.csv",
        "a6da94307c098c7b99cfb4e1158404808cf3dd4711e6b5847441ad3f68b16ccd",
        "An earlier vintage of the same series",
        f"{_VSRR}; copy in sameryassir/649-Final-Project @8730192",
        _MATERNAL_CAVEATS,
    ),
    Dataset(
        "polls",
        "polls_subset.csv",
        "986b330678379c8230487e0365b5e9a5d876569e02dd5d4587d19ee7800b7ec2",
        "CBS poll of the week before the 1988 US election, 2193 respondents",
        _ARM,
        _POLL_CAVEATS,
    ),
    Dataset(
        "polls_weighted",
        "polls_subset_weighted.csv",
        "181be2d8c8931acb1e57ec37f54fa75aefb5a0d66e335f47f76c0c1516da2b6a",
        "The same poll with survey weights",
        _ARM,
        _POLL_CAVEATS,
    ),
    Dataset(
        "census88",
        "census88.csv",
        "f41e10cf07780804cde6fd922b9645d1c16ab7102898c0ceb03e32d6da65b86c",
        "Poststratification cells: state x education x age x sex x race",
        _ARM,
        ("16 of the 3264 cells are empty (N = 0).",),
    ),
    Dataset(
        "election88_states",
        "election88_states.csv",
        "f99ee4b3ddce1dddac47d238de3cf26468f8034b6549bf137d765f2fe48a392a",
        "States: region, earlier votes, and the result of 1988",
        _ARM,
        ("The share of 1988 looks like that of all votes, not of the two parties.",),
    ),
    Dataset(
        "skin_cancer_prevention",
        "skin_cancer_prevention.csv",
        "a1fc8314238ebf59649a28decda571ce2eb82c7dc43d9829966026ccfb39f18e",
        "Skin Cancer Prevention Study: new cancers a year, 1683 subjects, beta carotene or placebo",
        "Greenberg et al. (1990); Fitzmaurice, Laird & Ware; AimingLiu/LDA_hw2_al3998 @d290e50",
        ("The beta-carotene trial, not the selenium trial of McCulloch's chapter.",),
    ),
    Dataset(
        "cbpp",
        "cbpp.csv",
        "2798bc7704a4bdb8ade4e164d8c3a6397efa7ba5fb25c1ec11f517b4ffb940a7",
        "Contagious bovine pleuropneumonia in 15 herds over four periods",
        "lme4/lme4 @32b5bfd",
    ),
    Dataset(
        "sleepstudy",
        "sleepstudy.csv",
        "2918bbddf750e78003059efa97b94885b85c4d7927c22a19c29f7fa5a184c59d",
        "Reaction times of 18 subjects over ten days of sleep deprivation",
        "lme4/lme4 @32b5bfd",
    ),
    Dataset(
        "epilepsy",
        "epilepsy.csv",
        "02b9e67c08a3cca0ab33e6d7caa7c0f1e3d1c5edda34be11bd9922b645a96bdd",
        "Seizure counts of 59 patients at four visits",
        "cran/HSAUR3 @ef4b8f2",
    ),
    Dataset(
        "wine_bitterness",
        "wine_bitterness.csv",
        "cb7af93a2203ba87257e4ef8fdddd8a6936dab5a1704ac74f7f9003fd960f92d",
        "Bitterness of wine in five ordered classes, by 9 judges",
        "Randall (1989), The analysis of sensory data by generalised linear model, Biometrical "
        "Journal 31(7); cran/ordinal",
        (
            "Judges use the scale differently; a bottle lies in one cell of temperature and "
            "contact, so that bottles and cells can hardly be told apart.",
        ),
    ),
    Dataset(
        "webworms",
        "webworms.csv",
        "34c4969fc46e2e4a9d5c67d2d57043931130c68d346434651be48dc8a14d4075",
        "Webworms counted on 1,300 plots of 13 blocks, with and without a spray and with and "
        "without lead",
        "Beall (1940), Ecology 21(4), pages 460 to 474; cran/agridat",
        (
            "Half of the counts are 0. Neighbouring plots are alike, and blocks are strips of the "
            "field, so that block and position overlap.",
        ),
    ),
    Dataset(
        "gasoline_yield",
        "gasoline_yield.csv",
        "9949b584e81d07fe80965bcc38411ed4943e5b1a74a73d410c3788c5bf789967",
        "Share of crude oil that became gasoline in 32 distillations of 10 batches",
        "Prater (1956), Estimate gasoline yields from crudes, Petroleum Refiner 35(5); "
        "cran/betareg",
        (
            "A batch has one gravity, one pressure and one temperature of its first tenth, which "
            "cannot be told from the batch itself.",
        ),
    ),
)

MAPS: tuple[Dataset, ...] = (
    Dataset(
        "ohio_counties_map",
        "ohio_counties.geojson",
        "6cb6e16464ac6e2f167ec55550d6c68dc0dd16a3d70985ce0dc754c2749a765b",
        "Outlines of the Ohio counties, simplified",
        "US Census Bureau, TIGER/Line 2007 FE; Paula-Moraga/SpatialEpiApp @a96c21d",
    ),
)

"""Fits in files: what comes back is the fit, and what cannot come back is refused."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from answers import answers
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit

import bayesglmm as bg
from bayesglmm.errors import DataError, EngineError, SpecError
from bayesglmm.spec.said import said
from bayesglmm.storage.archive import read_archive, write_archive
from bayesglmm.storage.plain_data import digest
from bayesglmm.storage.plain_draws import FINENESS, rounded
from bayesglmm.storage.plain_spec import pack_chosen, pack_spec, unpack_chosen, unpack_spec
from bayesglmm.tables import Table

PLACE = np.arange(48)
ROWS = pd.DataFrame(
    {
        "y": np.sin(PLACE),
        "k": PLACE % 5,
        "n": PLACE % 5 + 2,
        "x": np.exp(np.cos(PLACE)),
        "trt": PLACE // 2 % 2,
        "b": PLACE % 4 < 2,
        "f": np.array(list("bca"))[PLACE % 3],
        "c": pd.Categorical(np.array(["low", "high", "mid"])[PLACE % 3], ["low", "mid", "high"]),
        "i": pd.cut(np.exp(np.cos(PLACE)), [0, 1, 2, 3]),
        "g": np.array(["u", "25 - 39", "v, w", "z"])[PLACE // 12],
        "h": PLACE % 6 * 10,
    }
)


def as_kept(fit):
    """The fit with its draws rounded as a file keeps them."""
    return replace(fit, draws=replace(fit.draws, posterior=rounded(fit.draws.posterior)))


def same(found, known):
    assert str(found) == str(known)
    for name in ("frame", "ratios"):
        value, expected = getattr(found, name, None), getattr(known, name, None)
        if isinstance(expected, Table):
            value, expected = value.frame, expected.frame
        if expected is not None:
            pd.testing.assert_frame_equal(value, texts(expected), check_exact=True)


def texts(frame):
    """Intervals as the texts that a file keeps of them."""
    intervals = frame.select_dtypes("category").columns
    intervals = [c for c in intervals if isinstance(frame[c].cat.categories, pd.IntervalIndex)]
    return frame.assign(**{c: frame[c].cat.rename_categories(str) for c in intervals})


def negative_binomial():
    model = bg.Model(
        "k ~ center(x)*C(f, Sum) + b + i + (1 + x | g) + (1 | g:h)",
        ROWS.assign(k=ROWS["k"] * 3),
        family="negative_binomial",
        exposure="n",
        per=1000,
        alpha="~ x + (1 | h)",
        labels={"f": {"a": "one", "b": "two", "c": "three"}, "x": "the dose"},
        reference={"f": "two"},
        priors={
            "slopes": bg.Prior("Normal", mu=0, sigma=1 / 3),
            "alpha": {"slopes": bg.Prior("Normal", mu=0, sigma=0.7)},
        },
        title="A title",
    )
    return make_fit(model, draws=100)


def wide_gaussian():
    model = bg.Model("y ~ poly(x, 2) + bs(n, df=4):b + c + (1 + x || h)", ROWS, sigma="~ f")
    return make_fit(model, draws=100)


def dropped_rows():
    rows = ROWS.assign(x=ROWS["x"].where(PLACE % 7 != 3))
    rows.attrs.update(source="A register.", caveats=("Made up.",))
    return make_fit(bg.Model("y ~ x + (1 | g)", rows, missing="drop"), draws=100)


FITS = {
    "counts": count_fit,
    "binary": binary_fit,
    "gaussian": normal_fit,
    "negative_binomial": negative_binomial,
    "wide_gaussian": wide_gaussian,
    "dropped_rows": dropped_rows,
}


@pytest.mark.parametrize("make", FITS.values(), ids=FITS)
def test_a_loaded_fit_gives_every_answer(make, tmp_path):
    fit = make()
    loaded = bg.load(fit.save(tmp_path / "x.bgm"))
    assert loaded.design.spec == fit.design.spec
    assert dict(loaded.priors) == dict(fit.priors)
    assert dict(loaded.forms) == dict(fit.forms)
    assert loaded.draws.settings == fit.draws.settings
    assert loaded.draws.run == fit.draws.run
    assert loaded.design.flow == fit.design.flow
    assert (loaded.design.source, loaded.design.caveats) == (
        fit.design.source,
        fit.design.caveats,
    )
    assert str(loaded.verdict) == str(as_kept(fit).verdict)
    for found, known in zip(answers(loaded), answers(as_kept(fit)), strict=True):
        same(found, known)


def test_a_loaded_fit_gives_comparison_sensitivity_and_report(tmp_path):
    fit = as_kept(count_fit())
    loaded = bg.load(fit.save(tmp_path / "x.bgm"))
    for unit in ("row", "group"):
        factor = "site" if unit == "group" else None
        tables = [bg.compare({"a": each, "b": each}, unit, factor) for each in (loaded, fit)]
        assert str(tables[0]) == str(tables[1])
    same(loaded.sensitivity().power, fit.sensitivity().power)
    pages = [
        each.report(tmp_path / f"{n}.html", opinion=False).read_text()
        for n, each in enumerate((loaded, fit))
    ]
    assert len(set(pages)) == 1


def test_a_fit_is_loaded_by_another_process(tmp_path):
    """Saved here, opened where nothing of it is known, and asked about another table."""
    fit = count_fit()
    path = fit.save(tmp_path / "x.bgm")
    new = fit.design.given.head(3).assign(site="a new one")
    new.to_parquet(tmp_path / "new.parquet")
    code = (
        "import sys, pandas as pd, bayesglmm as bg\n"
        "fit = bg.load(sys.argv[1])\n"
        "fit.predictions(pd.read_parquet(sys.argv[2])).frame.to_parquet(sys.argv[3])\n"
    )
    arguments = [path, tmp_path / "new.parquet", tmp_path / "found.parquet"]
    root = Path(bg.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(root)}
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, env=environment)
    found = pd.read_parquet(tmp_path / "found.parquet")
    known = as_kept(fit).predictions(new).frame
    pd.testing.assert_frame_equal(found, known, rtol=1e-12)


def test_rounding_is_far_below_the_error_of_the_draws():
    """At most half of 2^-20 standard deviations, whatever the size of a quantity."""
    draws = normal_fit().draws.posterior
    far = draws.map(lambda each: 1e9 + each)
    for values in (draws, far, draws * 1e-300):
        kept = rounded(values)
        for name in values:
            spread = values[name].std(("chain", "draw"))
            error = abs(kept[name] - values[name]).max(("chain", "draw"))
            assert (error <= FINENESS / 2 * spread * (1 + 1e-9)).all()


def test_what_cannot_be_rounded_is_kept():
    draws = normal_fit().draws.posterior
    name = next(iter(draws))
    odd = draws[[name]].copy(deep=True)
    odd[name][..., :5] = np.array([np.nan, np.inf, -np.inf, 0.0, 1.0])
    pd.testing.assert_frame_equal(rounded(odd).to_dataframe(), odd.to_dataframe())
    still = odd * 0.0 + 7.1
    still[name][:] = 7.1
    assert (rounded(still)[name] == 7.1).all()


def test_a_file_is_no_larger_than_single_precision(tmp_path):
    fit = count_fit()
    size = fit.save(tmp_path / "x.bgm").stat().st_size
    numbers = sum(fit.draws.posterior[name].size for name in fit.draws.posterior)
    assert size < 1.2 * 4 * numbers


def test_a_number_far_below_its_spread_stays_itself():
    """A standard deviation near 0 must not become 0, whose logarithm is none."""
    spread = xr.Dataset({"sd": (("chain", "draw"), np.geomspace(1e-9, 1e3, 400).reshape(4, 100))})
    np.testing.assert_allclose(rounded(spread)["sd"], spread["sd"], rtol=FINENESS, atol=0)


ODD_COLUMNS = {
    "categories of numbers": pd.Categorical(PLACE % 3 * 10, [20, 0, 10]),
    "categories of fractions": pd.Categorical(PLACE % 3 * 0.5, [1.0, 0.5, 0.0]),
    "categories of truth values": pd.Categorical(PLACE % 2 < 1, [True, False]),
    "ordered": pd.Categorical(PLACE % 3, ordered=True),
    "intervals without categories": pd.Series(pd.cut(PLACE % 3, [-1, 0, 1, 10])).astype(object),
    "tuples": pd.Series([(10 - 8 * (k % 2), "a") for k in PLACE], dtype=object),
}


@pytest.mark.parametrize("column", ODD_COLUMNS.values(), ids=ODD_COLUMNS)
@pytest.mark.parametrize("formula", ["y ~ x + f", "y ~ x + (1 | f)"])
def test_columns_that_parquet_has_no_type_for(tmp_path, column, formula):
    model = bg.Model(formula, ROWS.assign(f=column), missing="drop")
    fit = make_fit(model, draws=100)
    loaded = bg.load(fit.save(tmp_path / "x.bgm"))
    assert loaded.design.levels == fit.design.levels
    assert str(loaded.table()) == str(as_kept(fit).table())


def test_a_group_of_numbers_and_texts(tmp_path):
    values = [10, "b", 9, "a", True, 1] * 8
    fit = make_fit(bg.Model("y ~ x + (1 | m)", ROWS.assign(m=values)), draws=100)
    loaded = bg.load(fit.save(tmp_path / "x.bgm"))
    assert list(loaded.design.given["m"]) == values
    assert str(loaded.ranef("m")) == str(as_kept(fit).ranef("m"))


def test_a_file_has_the_readers_of_any_new_file(tmp_path):
    (tmp_path / "new").touch()
    path = normal_fit().save(tmp_path / "x.bgm")
    assert path.stat().st_mode == (tmp_path / "new").stat().st_mode
    found = sorted(each.name for each in tmp_path.iterdir())
    assert found == [".x.bgm.lock", "new", "x.bgm"]  # the lock holds nothing


def test_nothing_is_replaced_in_silence(tmp_path):
    fit = normal_fit()
    path = fit.save(tmp_path / "x.bgm")
    before = path.read_bytes()
    with pytest.raises(DataError, match=r"is there already.*overwrite=True"):
        binary_fit().save(path)
    assert path.read_bytes() == before
    fit.save(path, overwrite=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "options", "error", "words"),
    [
        ("taken/x.bgm", {}, SpecError, "folder of '.*' cannot be made"),
        ("", {}, DataError, "is a folder"),
        ("x.bgm", {"data": "none"}, SpecError, "Write one of: rows, digest"),
        ("x.bgm", {"data": ROWS}, SpecError, "Write one of: rows, digest"),
        ("x.bgm", {"overwrite": "yes"}, SpecError, "must be True or False"),
    ],
)
def test_what_cannot_be_saved_so(tmp_path, name, options, error, words):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(error, match=words):
        normal_fit().save(tmp_path / name, **options)


def test_missing_folders_are_made(tmp_path):
    path = tmp_path / "new" / "inner" / "x.bgm"
    assert normal_fit().save(path) == path
    assert path.exists()


@pytest.mark.parametrize("place", [3, None, ""])
def test_what_names_no_file(place):
    words = "names no file. Write 'trial.bgm'"
    with pytest.raises(SpecError, match=f"path={place!r} {words}"):
        normal_fit().save(place)
    with pytest.raises(SpecError, match=f"path={place!r} {words}"):
        bg.load(place)


def test_rows_that_are_no_frame(tmp_path):
    path = normal_fit().save(tmp_path / "x.bgm", data="digest")
    with pytest.raises(DataError, match="data=3 is no DataFrame"):
        bg.load(path, data=3)


def test_a_graph_that_was_changed_is_not_saved(tmp_path):
    fit = normal_fit()
    run = replace(fit.draws.run, extensions=("doubled",))
    fit = replace(fit, draws=replace(fit.draws, run=run))
    with pytest.raises(EngineError, match="extended by doubled"):
        fit.save(tmp_path / "x.bgm")


def test_rows_are_kept_out(tmp_path):
    """With data="digest" no value of the rows is in the file, and they must be the same again."""
    fit = count_fit()
    rows = fit.design.given
    path = fit.save(tmp_path / "x.bgm", data="digest")
    parts = read_archive(path)
    assert not any(name.endswith(".parquet") for name in parts)
    with pytest.raises(DataError, match=rf"without its {len(rows)} rows.*data=frame"):
        bg.load(path)
    same(bg.load(path, data=rows).ratios(), as_kept(fit).ratios())
    with pytest.raises(DataError, match="95 rows in place of 96"):
        bg.load(path, data=rows.iloc[1:])
    changed = rows.assign(x=rows["x"].where(rows.index != 7, 0.0))
    with pytest.raises(DataError, match="values or their order differ"):
        bg.load(path, data=changed)
    with pytest.raises(DataError, match="values or their order differ"):
        bg.load(path, data=rows.iloc[::-1])


def test_a_digest_is_of_what_the_model_reads():
    """Other columns, rows that are left out and types do not count; values, order, levels do."""

    def of(rows, formula="y ~ x + c + (1 | h)"):
        return digest(bg.Model(formula, rows, missing="drop").design)

    known = of(ROWS)
    gap = ROWS.iloc[[0]].assign(x=np.nan)
    assert of(ROWS.drop(columns="f")) == known
    assert of(ROWS.astype({"h": str})) == of(ROWS.astype({"h": float})) == known
    assert of(pd.concat([ROWS, gap], ignore_index=True)) == known
    other = ROWS.assign(c=ROWS["c"].cat.reorder_categories(["mid", "low", "high"]))
    values = {
        known,
        of(other),
        of(ROWS.assign(x=ROWS["x"] + 1e-12)),
        of(ROWS.iloc[::-1]),
        of(ROWS.rename(columns={"x": "z"}), "y ~ z + c + (1 | h)"),
    }
    assert len(values) == 5


def test_a_file_whose_density_does_not_come_back_is_refused(tmp_path):
    path = normal_fit().save(tmp_path / "x.bgm")
    parts = read_archive(path)
    about = json.loads(parts["run.json"])
    about["log_density"] += 0.01
    write_archive(path, parts | {"run.json": json.dumps(about).encode()}, "0.1.0")
    with pytest.raises(DataError, match="cannot be made again here: the log density"):
        bg.load(path)


def test_values_that_json_does_not_know():
    when = pd.Timestamp("2020-01-01")
    spec = bg.specify("y ~ t", labels={"t": {when: "then"}})
    with pytest.raises(SpecError, match="names the value Timestamp"):
        pack_spec(spec)


SPECS = [
    bg.specify("y ~ x"),
    bg.specify(
        "p(k, n) ~ a*b + (1 + a || g/h)",
        family="binomial",
        link="cloglog",
        labels={
            "a": {np.int64(1): "no", 2: "yes"},
            "b": ("the band", {True: "in", False: "out"}),
            "g": "patient",
        },
        reference={"a": "yes"},
        missing="drop",
        centered={"g": True},
        question="Why?\nHow?",
        answer="marginal",
        priors={"sd": bg.Prior("HalfNormal", sigma=0.1), "cor": bg.Prior("LKJ", eta=4)},
    ),
    bg.specify(
        "y ~ x + (1 | g)",
        sigma="~ z + (1 | g)",
        priors={
            "sigma": {"Intercept": bg.Prior("StudentT", nu=3, mu=0, sigma=2.5)},
            "slopes": bg.Prior("Cauchy", alpha=0, beta=1),
        },
    ),
]


SPECS.append(
    bg.specify(
        "y ~ x + (1 | g)",
        sigma="~ z + (1 | g)",
        priors={
            "Intercept": bg.Baseline(np.int64(2), 7.5),
            "x": bg.Difference(-1, 1),
            "g": bg.Precision(bg.Prior("Gamma", alpha=1, beta=np.float64(0.1))),
            "sigma": {"Intercept": bg.AtZero(bg.Prior("Flat")), "z": bg.Ratio(0.5, 2)},
        },
    )
)


def test_priors_of_a_fit_come_back_with_what_they_are_of():
    data = pd.DataFrame({"y": [1.0, 3.0, 2.0, 5.0], "x": [1.0, 2.0, 4.0, 3.0], "g": list("aabb")})
    said = {
        "Intercept": bg.Baseline(2, 7),
        "slopes": bg.Prior("Horseshoe", expected=1),
        "g": bg.Variance(bg.Prior("HalfFlat")),
        "sigma": bg.Prior("Uniform", lower=0, upper=9),
    }
    priors = bg.Model("y ~ x + (1 | g)", data, priors=said).priors
    assert unpack_chosen(json.loads(json.dumps(pack_chosen(priors)))) == dict(priors)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.text)
def test_a_spec_says_itself_again(spec):
    assert bg.specify(**said(spec)) == spec
    assert unpack_spec(json.loads(json.dumps(pack_spec(spec)))) == spec


FIXTURES = Path(__file__).parent / "fixtures"
KNOWN = {  # ratios() and predictions() of each file, by the version that saved it
    "negative_binomial-0.1": (
        [997.3264230299227, 1.0003536883047863, 1.0004720579288637, 0.9981394911323436],
        [993.5787130724137, 995.0033289793475],
    ),
    "dropped_rows-0.1": (
        [-0.0026771575212478638, 0.0003536045551300049],
        [-0.007004450105619148, -0.004798044269203185],
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_files_of_earlier_versions_are_read(name):
    """Files are kept as that version wrote them; the density of a draw is held against its own."""
    ratios, predictions = KNOWN[name]
    fit = bg.load(FIXTURES / f"{name}.bgm")
    found = fit.ratios().frame.iloc[: len(ratios), 1]
    np.testing.assert_allclose(found, ratios, rtol=1e-9)
    new = fit.design.given.head(2).assign(g=["a new one", "u"])
    np.testing.assert_allclose(fit.predictions(new).frame["median"], predictions, rtol=1e-6)


def test_what_was_left_open_is_read_from_files_of_earlier_versions():
    """They had a flag each for the acceptance and for the digits."""
    fit = bg.load(FIXTURES / "dropped_rows-0.1.bgm")
    assert fit.draws.settings.open == ("target_accept",)


def test_every_version_has_its_file():
    assert {path.name.removesuffix(".bgm") for path in FIXTURES.glob("*.bgm")} == set(KNOWN)

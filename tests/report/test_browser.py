"""Reports in a browser: no errors, no requests, no overflow, every figure described."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, count_rows, make_fit, normal_fit

import bayesglmm as bg
from bayesglmm.report import Material, material_of, page
from bayesglmm.report.page import side_by_side

pytestmark = pytest.mark.slow

ATTACK = "<script>alert(1)</script>"
LONG = "a-level-with-a-name-that-is-longer-than-a-narrow-screen-" * 2
WIDTHS = (390, 1280)
LOCAL = ("file:", "data:", "about:")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
)


def material(fit: bg.Fit) -> Material:
    return material_of(fit)


def hostile_fit() -> bg.Fit:
    """Markup and very long names wherever data speak."""
    rows = count_rows().rename(columns={"x": f"x {ATTACK}"})
    rows["site"] = rows["site"].replace({"site A": ATTACK, "site B": LONG})
    rows["sex"] = rows["sex"].replace({"male": LONG, "female": ATTACK})
    rows.attrs["source"] = LONG
    rows.attrs["caveats"] = (ATTACK, LONG)
    return make_fit(
        bg.Model(
            f"events ~ sex * `x {ATTACK}` + (1 | site)",
            rows,
            family="negative_binomial",
            exposure="time",
            title=f"{ATTACK} {LONG}",
            question=LONG,
        )
    )


PAGES = {
    "counts": lambda: page(material(count_fit())),
    "hostile": lambda: page(material(hostile_fit())),
    "two": lambda: side_by_side({LONG: material(binary_fit()), ATTACK: material(normal_fit())}),
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One headless Chromium for all pages; nothing is downloaded."""
    webdriver = pytest.importorskip("selenium.webdriver")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium or chromedriver is not installed")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(executable_path=driver))
    opened.get("about:blank")
    opened.get_log("performance")  # of the browser's own first page
    yield opened
    opened.quit()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    written = {}
    for name, make in PAGES.items():
        written[name] = folder / f"{name}.html"
        written[name].write_text(make(), encoding="utf-8")
    return written


def open_page(browser: Any, path: Path, width: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    browser.get(path.as_uri())


def requests(browser: Any) -> list[str]:
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]


@pytest.mark.parametrize("name", PAGES)
def test_no_errors_no_requests_and_no_overflow(browser, files, name):
    for width in WIDTHS:
        open_page(browser, files[name], width)
        assert browser.execute_script("return document.scrollingElement.scrollWidth") <= width
        assert [entry["message"] for entry in browser.get_log("browser")] == []
        asked = requests(browser)
        assert asked
        assert [url for url in asked if not url.startswith(LOCAL)] == []


UNDESCRIBED = """
const named = e => (e.getAttribute('aria-label') || e.getAttribute('alt') || '').trim();
const bare = e => !named(e) && !(e.parentElement && e.parentElement.closest('[role=img]')
  && named(e.parentElement.closest('[role=img]')));
return [...document.querySelectorAll('img, svg, math, [role=img]')].filter(bare)
  .map(e => e.outerHTML.slice(0, 200));
"""
REPEATED = """
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
return ids.filter((id, place) => ids.indexOf(id) !== place);
"""
BROKEN = """
return [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1))
  .filter(id => !document.getElementById(id));
"""
UNSCROLLED = """
return [...document.querySelectorAll('table')].filter(t => t.closest('.scroll') === null).length;
"""


@pytest.mark.parametrize("name", PAGES)
def test_figures_are_described_and_anchors_unique(browser, files, name):
    open_page(browser, files[name], WIDTHS[0])
    assert browser.execute_script(UNDESCRIBED) == []
    assert browser.execute_script(REPEATED) == []
    assert browser.execute_script(BROKEN) == []
    assert browser.execute_script(UNSCROLLED) == 0
    assert browser.execute_script("return document.scripts.length") == 0
    assert browser.execute_script("return document.documentElement.lang") == "en"


COLOURS = """
const style = getComputedStyle(document.body);
return [style.backgroundColor, style.color];
"""


def test_dark_and_light_and_print(browser, files):
    seen = {}
    for scheme in ("light", "dark"):
        feature = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": feature})
        open_page(browser, files["counts"], WIDTHS[1])
        seen[scheme] = browser.execute_script(COLOURS)
    assert seen["light"] != seen["dark"]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": []})
    inside = "return document.querySelector('details pre').getBoundingClientRect().height"
    assert browser.execute_script(inside) > 0  # what is folded opens in print
    assert browser.execute_script("return document.querySelector('nav').offsetHeight") == 0
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_the_contents_are_at_the_side_or_folded_on_top(browser, files):
    shown = """return ['.contents', '.side'].map(
      name => getComputedStyle(document.querySelector(name)).display !== 'none')"""
    open_page(browser, files["counts"], 390)
    assert browser.execute_script(shown) == [True, False]
    open_page(browser, files["counts"], 1280)
    assert browser.execute_script(shown) == [False, True]


def test_a_link_of_the_contents_opens_its_section(browser, files):
    open_page(browser, files["counts"], 1280)
    inside = "return document.getElementById('methods').closest('details').open"
    assert browser.execute_script(inside) is False
    browser.execute_script("document.querySelector('.side a[href=\"#methods\"]').click()")
    assert browser.execute_script(inside) is True


def test_the_first_screen_holds_sentence_and_picture(browser, files):
    ends = """return [...document.querySelectorAll('#answer .first, #answer svg')].map(
      e => [e.getBoundingClientRect().top, innerHeight])"""
    for width in WIDTHS:
        open_page(browser, files["counts"], width)
        assert all(0 < top < height for top, height in browser.execute_script(ends))


def test_the_search_finds_what_it_looks_for(browser, tmp_path):
    path = tmp_path / "bad.html"
    path.write_text(
        "<!DOCTYPE html><body><p id=a style='width: 900px'>x<p id=a><svg></svg>"
        "<a href='#none'>x</a><table></table><img src='http://127.0.0.1:9/x.png'>",
        encoding="utf-8",
    )
    open_page(browser, path, 390)
    assert browser.execute_script("return document.scrollingElement.scrollWidth") > 390
    assert len(browser.execute_script(UNDESCRIBED)) == 2
    assert browser.execute_script(REPEATED) == ["a"]
    assert browser.execute_script(BROKEN) == ["none"]
    assert browser.execute_script(UNSCROLLED) == 1
    assert any(url.startswith("http:") for url in requests(browser))


def test_a_table_of_many_columns_scrolls_in_its_own_box(browser, tmp_path):
    from bayesglmm.report.blocks import table
    from bayesglmm.report.document import Document, Part
    from bayesglmm.report.material import Section
    from bayesglmm.report.page import render
    from bayesglmm.tables import Table

    wide = pd.DataFrame({f"a column with a long name {k}": [1.0] for k in range(30)})
    path = tmp_path / "wide.html"
    section = Section("s", "s", (table(Table(wide, "wide")),))
    path.write_text(render(Document("t", "", (Part((section,)),))), encoding="utf-8")
    open_page(browser, path, 390)
    assert browser.execute_script("return document.scrollingElement.scrollWidth") <= 390
    box = "const b = document.querySelector('.scroll'); return b.scrollWidth > b.clientWidth"
    assert browser.execute_script(box)

"""docs/families.md says what `FAMILIES` is; ``python tests/family_page.py`` writes it."""

from family_page import PAGE, cells, written

from bayesglmm.families import FAMILIES


def test_the_page_is_what_the_families_are():
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "write it: python tests/family_page.py"
    assert cells(page) == [family.name for family in FAMILIES]

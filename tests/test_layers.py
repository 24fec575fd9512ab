"""One direction: a module may import from the layers to its left, and from its own."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bayesglmm
from bayesglmm.families import FAMILIES, find_link, find_measure

ROOT = Path(bayesglmm.__file__).parent
LAYERS = (
    "errors",
    "tables",
    "families",
    "spec",
    "design",
    "graph",
    "engine",
    "likelihood",
    "posterior",
    "crosscheck",
    "report",
    "fit",
    "comparison",
    "model",
    "simulation",
    "datasets",
    "study",
    "batch",
    "cli",
)
ALLOWED = {  # who may import a package that others must not depend on
    "formulae": (),  # a second opinion in the tests
    "bambi": ("crosscheck.py",),
    "nutpie": ("engine/",),
    "numba": ("engine/",),
    "llvmlite": ("engine/jit.py", "engine/kernel/pointers.py"),
    "pyarrow": ("engine/nuts.py",),
    "pymc": ("graph/", "engine/", "posterior/trace.py", "fit.py", "model.py", "crosscheck.py"),
    "pytensor": ("families/links.py", "graph/", "engine/", "crosscheck.py"),
}
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.py")
    if path.relative_to(ROOT).parts[0] not in ("__init__.py", "__main__.py")
)


def imported(module: str) -> list[str]:
    """Dotted names a module imports, those inside functions included."""
    names = []
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def test_the_table_of_layers_is_the_one_contributors_read():
    text = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [written] = [block for block in text.split("```") if "errors <" in block]
    assert tuple(written.replace("<", " ").split()) == LAYERS


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_left(module):
    own = Path(module).with_suffix("").parts[0]
    assert own in LAYERS, f"{own} has no place in the table of layers: give it one"
    reach = LAYERS[: LAYERS.index(own) + 1]
    ours = [name.split(".")[1] for name in imported(module) if name.startswith("bayesglmm.")]
    assert [layer for layer in ours if layer in LAYERS and layer not in reach] == []


@pytest.mark.parametrize("module", MODULES)
def test_packages_stay_in_their_rooms(module):
    for package in {name.split(".")[0] for name in imported(module)} & set(ALLOWED):
        assert module.startswith(ALLOWED[package]), f"{module} imports {package}"


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("bayesglmm", {"numpy", "pandas", "scipy", "formulae", "pymc", "arviz"}),
        ("bayesglmm.graph", {"formulae", "pymc", "pytensor", "arviz"}),
    ],
)
def test_import_is_quick(module, unwanted):
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert "bayesglmm" in loaded.split()
    assert unwanted & set(loaded.split()) == set()


@pytest.mark.parametrize(
    ("family", "link"), [(family, link) for family in FAMILIES for link in family.links]
)
def test_every_family_and_link_is_reported_as_something(family, link):
    measure = find_measure(family, find_link(link))
    assert measure.short
    assert measure.no_effect == (1.0 if measure.ratio else 0.0)


@pytest.mark.parametrize("name", bayesglmm.__all__)
def test_public_names_resolve(name):
    assert getattr(bayesglmm, name) is not None


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Modell'"):
        bayesglmm.Modell  # noqa: B018

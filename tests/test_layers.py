"""One direction: a module imports from the layers to its left, and in its own in no circle."""

import subprocess
import sys
from pathlib import Path

import pytest
from structure import (
    backward,
    circles,
    code_lines,
    functions,
    imports,
    layers,
    modules,
    named,
    room,
)

import bayesglmm
from bayesglmm.families import FAMILIES, find_link, find_measure

ROOT = Path(bayesglmm.__file__).parent
LAYERS = layers(Path(__file__).parents[1])
ALLOWED = {  # who may import a package that others must not depend on
    "formulae": (),  # a second opinion in the tests
    "bambi": ("crosscheck/bambi_model.py", "crosscheck/densities.py"),
    "nutpie": ("engine/",),
    "numba": ("engine/",),
    "llvmlite": ("engine/jit.py", "engine/kernel/pointers.py"),
    "pyarrow": ("engine/nuts.py", "storage/plain_data.py"),
    "sklearn": ("estimators/",),
    "zarr": ("storage/plain_draws.py",),
    "pymc": ("graph/", "engine/", "posterior/trace.py", "fit.py", "model.py", "crosscheck/"),
    "pytensor": (
        "families/link.py",
        "families/graph_density.py",
        "families/graph_zeros.py",
        "families/graph_tweedie.py",
        "families/graph_inverse.py",
        "families/chances.py",
        "graph/",
        "engine/",
        "crosscheck/",
        "scripts/pymc.py",
    ),
}
GRAPH = imports(ROOT.parent)
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in modules(ROOT.parent).values())


def test_the_layers_are_the_rooms_there_are():
    assert sorted(LAYERS) == sorted({room(module) for module in GRAPH} - {""})


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_left(layer):
    """Nor does a module import from the package itself, which is to the right of all."""
    assert [arrow for arrow in backward(GRAPH, LAYERS) if arrow[0] == layer] == []


@pytest.mark.parametrize("layer", LAYERS)
def test_no_modules_import_each_other(layer):
    """Imports inside functions and for types count: what needs another's type belongs beside it."""
    assert [circle for circle in circles(GRAPH) if layer in map(room, circle)] == []


@pytest.mark.parametrize(
    ("sources", "circle"),
    [
        ({"a": "import toy.b", "b": "import toy.c"}, []),
        ({"a": "import toy.b", "b": "from toy import a"}, ["toy.a", "toy.b"]),
        ({"a": "def f():\n    from toy.b import g", "b": "import toy.a"}, ["toy.a", "toy.b"]),
        (
            {"a": "if TYPE_CHECKING:\n    from toy.b import B", "b": "import toy.a"},
            ["toy.a", "toy.b"],
        ),
        ({"__init__": "from toy.a import A", "a": "from toy import B"}, ["toy", "toy.a"]),
        (
            {"a/__init__": "from toy.a.b import B", "a/b": "from toy.a import B"},
            ["toy.a", "toy.a.b"],
        ),
        ({"a/__init__": "from toy.a.b import B", "a/b": "", "c": "from toy.a import B"}, []),
        (
            {"a": "import toy.b", "b": "import toy.c", "c": "import toy.a"},
            ["toy.a", "toy.b", "toy.c"],
        ),
    ],
)
def test_circles_are_seen(tmp_path, sources, circle):
    for name, source in ({"__init__": "", "c": ""} | sources).items():
        path = tmp_path / "toy" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    assert circles(imports(tmp_path, "toy")) == ([circle] if circle else [])


def test_arrows_that_run_back_are_seen():
    graph = {"p.a": {"p.b"}, "p.b.c": {"p.a", "p"}, "p.b.d": {"p.b.c"}, "p": {"p.a"}}
    assert backward(graph, ("a", "b")) == [("a", "b"), ("b", "")]


def test_lines_of_code_are_what_is_neither_empty_nor_said():
    body = ["def f():", '    """Do."""', "    return x"]
    source = "\n".join(['"""Doc."""', "", "# note", "x = (", "    1,  # one", ")", *body, ""])
    assert code_lines(source) == {4, 5, 6, 7, 9}
    assert functions(source) == [("f", 2)]


@pytest.mark.parametrize("module", MODULES)
def test_packages_stay_in_their_rooms(module):
    names = named((ROOT / module).read_text(encoding="utf-8"))
    for package in {name.split(".")[0] for name in names} & {*ALLOWED}:
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

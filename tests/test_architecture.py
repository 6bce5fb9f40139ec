"""The architecture, enforced: who imports whom, what scoring may touch, whose names these are, what is shipped."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.guard import IMPORT_NAMES, NameClash, check_import_names, package_folder

PACKAGES = ("scoring", "streams", "dashboards")

# The whole of the standard library that scoring may use. A module that reads a clock, a file, the network, the process
# or chance can never be added; `zoneinfo` reads only the zone database, `datetime` only as calendar arithmetic.
SCORING_MAY_IMPORT = frozenset(
    "__future__ abc ast bisect calendar collections contextlib copy dataclasses datetime decimal difflib enum"
    " fractions functools graphlib hashlib heapq itertools json keyword math numbers operator re string struct textwrap"
    " tomllib types typing unicodedata zoneinfo".split()
)
CLOCK_READS = frozenset({"now", "today", "utcnow", "fromtimestamp", "utcfromtimestamp"})
INTEGER_MATH = frozenset({"ceil", "comb", "floor", "gcd", "isqrt", "lcm", "perm", "prod"})
# `hash` and `id` differ from process to process; `round` rounds halves to even and hides the one rounding site.
BUILTINS_REFUSED = frozenset(
    {"__import__", "breakpoint", "eval", "exec", "hash", "id", "input", "open", "print", "round"}
)


def modules(repository: Path, package: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of a package as (path relative to the repository, syntax tree)."""
    for path in sorted((repository / package).rglob("*.py")):
        yield path.relative_to(repository).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every absolute import below a node as (line, dotted module)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or ""


def impurities(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What scoring must not do, as (line, sentence)."""
    for line, name in imported(tree):
        top = name.split(".")[0]
        if top != "scoring" and top not in SCORING_MAY_IMPORT:
            yield line, f"imports {name}"
        if name.startswith("importlib"):
            yield line, "reads package files; catalogue text comes in from streams"
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCK_READS:
            yield node.lineno, f"reads a clock or the machine's zone: .{node.attr}"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "math":
            if node.attr not in INTEGER_MATH:
                yield node.lineno, f"math.{node.attr} gives a binary fraction"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in BUILTINS_REFUSED and node.func.id not in own:
                yield node.lineno, f"calls {node.func.id}()"


def test_imports_run_one_way(repository: Path) -> None:
    """The import contracts of pyproject.toml hold: dashboards -> streams -> scoring, and the edges stay at the edge."""
    command = Path(sysconfig.get_path("scripts")) / "lint-imports"
    run = subprocess.run([command, "--no-cache"], cwd=repository, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout


def test_scoring_is_pure(repository: Path) -> None:
    """Scoring imports only the harmless part of the standard library and reads no clock, file, chance or network."""
    faults = [
        f"{path}:{line}: {what}" for path, tree in modules(repository, "scoring") for line, what in impurities(tree)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from os import environ",
        "import asyncio.queues",
        "import msgspec",
        "import streams.codec",
        "from importlib import resources",
        "import random as chance",
        "def f():\n    import secrets",
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.date.today",
        "import math\nx = math.sqrt(2)",
        "x = open('a')",
        "x = hash('a')",
        "x = round(y)",
        "x = eval('1')",
    ],
)
def test_the_purity_check_sees_each_impurity(source: str) -> None:
    """The check above is not blind: each of these lines is refused."""
    assert list(impurities(ast.parse(source)))


def test_faust_stays_in_the_kafka_engine(repository: Path) -> None:
    """Only streams/engines/kafka imports faust or its driver, so the embedded engine runs without them."""
    faults = [
        f"{path}:{line}: imports {name}"
        for package in PACKAGES
        for path, tree in modules(repository, package)
        if not path.startswith("streams/engines/kafka")
        for line, name in imported(tree)
        if name.split(".")[0] in {"faust", "aiokafka", "mode"}
    ]
    assert not faults, "\n".join(faults)


def test_every_package_folder_is_a_package(repository: Path) -> None:
    """No module lies in a folder without __init__.py: it would be missing in the wheel."""
    bare = {
        path.parent.relative_to(repository).as_posix()
        for package in PACKAGES
        for path in (repository / package).rglob("*.py")
        if not (path.parent / "__init__.py").exists()
    }
    assert not bare, sorted(bare)


def test_every_tests_folder_is_a_package(repository: Path) -> None:
    """Each tests folder has __init__.py, else tests/scoring would shadow scoring."""
    bare = {
        path.parent.relative_to(repository).as_posix()
        for path in (repository / "tests").rglob("*.py")
        if not (path.parent / "__init__.py").exists()
    }
    assert not bare, sorted(bare)


def test_the_guard_passes_here() -> None:
    """In this environment the three import names belong to scoreline and lie side by side."""
    check_import_names()


@pytest.mark.parametrize("name", IMPORT_NAMES)
def test_the_guard_names_the_other_distribution(name: str) -> None:
    """A distribution that owns one of the names, even together with us, stops the start and is named."""
    owners = {own: ["scoreline", "scoreline"] for own in IMPORT_NAMES} | {name: ["scoreline", "loud-lib"]}
    with pytest.raises(NameClash) as caught:
        check_import_names(owners)
    assert f"'{name}'" in str(caught.value)
    assert "pip uninstall loud-lib" in str(caught.value)
    assert len(caught.value.clashes) == 1


def test_the_guard_sees_a_folder_in_the_way(tmp_path: Path) -> None:
    """A folder of the same name that Python would import instead, and a name that is not there, are both reported."""
    folders = {"scoring": tmp_path / "scoring", "streams": package_folder("streams"), "dashboards": None}
    with pytest.raises(NameClash) as caught:
        check_import_names({}, folders)
    assert str(tmp_path / "scoring") in str(caught.value)
    assert "'dashboards' is not there" in str(caught.value)


def test_the_guard_stops_a_real_start(tmp_path: Path) -> None:
    """With another distribution's metadata on the path, the process ends with code 3 and says what to do."""
    metadata = tmp_path / "loud_lib-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: loud-lib\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "top_level.txt").write_text("streams\n", encoding="utf-8")
    program = f"import sys; sys.path.append({str(tmp_path)!r}); import streams.guard as g; g.stop_on_name_clash()"
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 3, run.stderr
    assert "loud-lib" in run.stderr
    assert "virtual environment" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.fixture(scope="module")
def wheel_names(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The file names in a wheel built from a copy of the repository (so that no build folder is left in it)."""
    source = tmp_path_factory.mktemp("source")
    for name in (*PACKAGES, "tests"):
        shutil.copytree(repository / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(repository / name, source / name)
    run = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", source / "dist", source],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (wheel,) = (source / "dist").glob("scoreline-*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_the_wheel_holds_the_three_packages_and_nothing_else(wheel_names: list[str]) -> None:
    """Top level of the wheel: scoring, streams, dashboards and the metadata; no tests, examples or benchmarks."""
    top = {name.split("/")[0] for name in wheel_names}
    assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)


def test_the_wheel_holds_every_file_of_the_packages(wheel_names: list[str], repository: Path) -> None:
    """Modules and data files (catalogue, templates, static files, locale) of the packages are all shipped."""
    expected = {
        path.relative_to(repository).as_posix()
        for package in PACKAGES
        for path in (repository / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name[0] != "."
    }
    missing = sorted(expected - set(wheel_names))
    assert not missing, "not in the wheel (see [tool.setuptools.package-data]):\n" + "\n".join(missing)


def test_the_wheel_has_the_command_and_the_licence(wheel_names: list[str]) -> None:
    """The metadata carries the licence text and the entry point of the command `scoreline`."""
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in wheel_names)
    assert any(name.endswith("dist-info/entry_points.txt") for name in wheel_names)

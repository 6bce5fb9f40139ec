"""Style as a test: sizes, words, docstrings, families that match their tables, no binary fraction in scoring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGES = ("scoring", "streams", "dashboards")
PROGRAMS = (*PACKAGES, "examples", "benchmarks")

MODULE_LINES = 400
FUNCTION_LINES = 50
SHORT_FUNCTION_LINES = 25
SHORT_SHARE_PERCENT = 90
PARAMETERS = 5

FORBIDDEN_WORDS = frozenset("util utils helper helpers common manager managers processor processors data info".split())
# A plural folder that is no family of kinds needs a line and a reason here.
NOT_FAMILIES = {
    "scoring/definitions": "the files of one definitions folder, read together into one record",
    "streams/stores/schema/versions": "steps in time, found by Alembic",
    "streams/topics": "one protocol in its parts: declaration, connection, envelope",
    "dashboards/alerts": "one mechanism in its parts; the kinds of alert are rules, which are data",
}
# Beside the kinds, a family's folder may hold what they share: the base, and modules named here with a reason.
NOT_KINDS = {
    "scoring/atoms/live_moments": "what happens at one moment of a live session, for the case of the session",
    "scoring/atoms/room": "a live session as other cases see it, and who is credited in it",
    "scoring/atoms/credit": "to whom an atom is credited, for every kind of case",
    "scoring/atoms/order_reading": "what the facts of an order say together, before anything is counted",
    "scoring/atoms/contacts": "when a customer came back, told between conversations",
    "scoring/atoms/conversation": "what the facts of a conversation say together, before anything is counted",
    "scoring/atoms/service_window": "service hours, for conversations and tickets",
    "scoring/atoms/turns": "how long whom a customer waited for, for conversations and open waits",
    "scoring/atoms/waits": "customers who wait now: read by live views, not by a case",
    "streams/engines/kafka": "imported by the worker alone: it needs the extra `kafka`",
    "streams/stores/migration": "PostgreSQL's: brings a database up",
    "streams/stores/postgres": "opened by `open_postgres` alone: it needs the extra `postgres`",
    "streams/stores/postgres_arrays": "PostgreSQL's: rows as arrays",
    "streams/stores/postgres_link": "PostgreSQL's: its connection and its errors in plain words",
    "streams/stores/postgres_unit": "PostgreSQL's: one transaction",
    "streams/stores/preflight": "PostgreSQL's: refuses unsafe settings",
    "streams/stores/roles": "PostgreSQL's: who may do what",
    "streams/stores/schema": "PostgreSQL's: its tables, step by step",
    "streams/stores/sqlite_unit": "SQLite's: one transaction and the tables",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file: its path relative to the repository, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def modules(repository: Path, *folders: str) -> list[Module]:
    """Every Python file below the folders that exist."""
    found = []
    for folder in folders:
        for path in sorted((repository / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            found.append(Module(path.relative_to(repository).as_posix(), text, ast.parse(text)))
    return found


def function_lines(function: Function) -> int:
    """Lines from `def` to the end, without the docstring: what is written well should cost nothing."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None and first.end_lineno is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def parameter_count(function: Function) -> int:
    """Parameters that a caller sees: without self and cls."""
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    if names and names[0] in {"self", "cls"}:
        del names[0]
    return len(names) + (arguments.vararg is not None) + (arguments.kwarg is not None)


def is_command(function: Function) -> bool:
    """Whether a function is a CLI command: Typer reads its options from the parameters, so a record is no way out."""
    calls = [node.func if isinstance(node, ast.Call) else node for node in function.decorator_list]
    if any(isinstance(call, ast.Attribute) and call.attr in {"command", "callback"} for call in calls):
        return True
    written = [ast.unparse(given.annotation) for given in function.args.args if given.annotation is not None]
    return any("typer." in text or text.endswith(("Option", "Argument")) for text in written)


def words(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def report(faults: list[str]) -> None:
    """Fail with every fault on a line of its own."""
    assert not faults, "\n" + "\n".join(faults)


def test_modules_are_small(repository: Path) -> None:
    """No module is longer than 400 lines."""
    counted = [(m.path, m.text.count("\n")) for m in modules(repository, *PROGRAMS)]
    report([f"{path}: {lines} lines, {MODULE_LINES} at most" for path, lines in counted if lines > MODULE_LINES])


def test_functions_are_small(repository: Path) -> None:
    """No function has more than 50 lines beside its docstring."""
    report(
        [
            f"{module.path}:{function.lineno}: {function.name} has {function_lines(function)} lines"
            for module in modules(repository, *PROGRAMS)
            for function in module.functions()
            if function_lines(function) > FUNCTION_LINES
        ]
    )


def test_most_functions_are_short(repository: Path) -> None:
    """Nine in ten functions of the three packages have at most 25 lines."""
    sizes = [function_lines(function) for module in modules(repository, *PACKAGES) for function in module.functions()]
    short = sum(size <= SHORT_FUNCTION_LINES for size in sizes)
    assert short * 100 >= len(sizes) * SHORT_SHARE_PERCENT, f"{short} of {len(sizes)} functions are short"


def test_parameters_are_few(repository: Path) -> None:
    """No function takes more than five parameters; only CLI commands may, since their options are parameters."""
    report(
        [
            f"{module.path}:{function.lineno}: {function.name} takes {parameter_count(function)} parameters"
            for module in modules(repository, *PROGRAMS)
            for function in module.functions()
            if parameter_count(function) > PARAMETERS and not is_command(function)
        ]
    )


def test_every_module_says_its_purpose(repository: Path) -> None:
    """Every module that holds code begins with a docstring whose first line is a sentence."""
    faults = []
    for module in modules(repository, *PROGRAMS, "tests"):
        if not module.tree.body:
            continue
        purpose = (ast.get_docstring(module.tree) or "").split("\n")[0]
        if not purpose.endswith((".", ")", "?")):
            faults.append(f"{module.path}: its first line is no sentence that says its purpose: {purpose!r}")
    report(faults)


def test_names_are_nouns_of_the_trade(repository: Path) -> None:
    """No folder, module or class is called utils, helper, common, manager, processor, data or info."""
    faults = []
    for module in modules(repository, *PROGRAMS):
        for part in Path(module.path).with_suffix("").parts:
            if words(part) & FORBIDDEN_WORDS:
                faults.append(f"{module.path}: the name {part!r} says nothing")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and words(node.name) & FORBIDDEN_WORDS:
                faults.append(f"{module.path}:{node.lineno}: the name {node.name!r} says nothing")
    report(faults)


def floats(module: Module) -> Iterator[str]:
    """Where a module uses the name float or a float literal."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"{module.path}:{node.lineno}: the literal {node.value!r}"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield f"{module.path}:{node.lineno}: the name float"


def test_no_float_in_scoring(repository: Path) -> None:
    """Scoring knows no binary fraction: neither the name float nor a float literal."""
    report([fault for module in modules(repository, "scoring") for fault in floats(module)])


def blind_handlers(tree: ast.Module) -> Iterator[int]:
    """Lines of `except:`, `except Exception` and `except BaseException` that do not end by raising it again."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            if isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None:
                continue
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(k is None or (isinstance(k, ast.Name) and k.id in {"Exception", "BaseException"}) for k in kinds):
                yield node.lineno


def test_no_blind_except_outside_an_engine(repository: Path) -> None:
    """Only an engine's loop may catch Exception."""
    report(
        [
            f"{module.path}:{line}: a blind except"
            for module in modules(repository, *PROGRAMS)
            if not module.path.startswith("streams/engines/")
            for line in blind_handlers(module.tree)
        ]
    )


def families(repository: Path) -> list[Path]:
    """The plural folders of the three packages."""
    return [
        path.parent
        for package in PACKAGES
        for path in sorted((repository / package).rglob("__init__.py"))
        if path.parent.name.endswith("s")
        and path.parent.name not in PACKAGES
        and path.parent.relative_to(repository).as_posix() not in NOT_FAMILIES
    ]


def tabled(folder: Path) -> set[str]:
    """The sibling modules whose content stands in a dict literal of the folder's `__init__`."""
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    siblings = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    origin: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            last = (node.module or "").split(".")[-1]
            for alias in node.names:
                source = last if last in siblings and last != folder.name else alias.name
                origin[alias.asname or alias.name] = source
        elif isinstance(node, ast.Import):
            origin.update({a.asname or a.name: a.name.split(".")[-1] for a in node.names})
    tables = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
    ]
    return {
        origin[name.id]
        for table in tables
        for name in ast.walk(table)
        if isinstance(name, ast.Name) and name.id in origin
    } & siblings


def test_families_match_their_tables(repository: Path) -> None:
    """Each plural folder has one table in its `__init__`, and every kind's file stands in it."""
    faults = []
    for folder in families(repository):
        name = folder.relative_to(repository).as_posix()
        kinds = {p.stem for p in folder.glob("*.py")} | {p.parent.name for p in folder.glob("*/__init__.py")}
        kinds -= {"__init__", "base"} | {Path(k).name for k in NOT_KINDS if Path(k).parent.as_posix() == name}
        absent = sorted(kinds - tabled(folder))
        if absent:
            faults.append(f"{name}/__init__.py: no table entry comes from {', '.join(absent)}")
    report(faults)


def test_the_family_check_sees_a_forgotten_kind(tmp_path: Path) -> None:
    """The check above is not blind: a file that the table forgot is not among the tabled ones."""
    folder = tmp_path / "scales"
    folder.mkdir()
    for kind in ("prop", "step", "forgotten"):
        (folder / f"{kind}.py").write_text("SCALE = 1\n", encoding="utf-8")
    (folder / "__init__.py").write_text(
        "from scoring.scales import step\nfrom scoring.scales.prop import PROP\nfrom scoring.scales import forgotten\n"
        'SCALES = {"PROP": PROP, "STEP": step.SCALE}\n',
        encoding="utf-8",
    )
    assert tabled(folder) == {"prop", "step"}


def test_exemptions_are_used(repository: Path) -> None:
    """An exemption names something that is there and gives a reason."""
    for name, reason in (NOT_FAMILIES | NOT_KINDS).items():
        assert (repository / name).is_dir() or (repository / f"{name}.py").is_file(), name
        assert reason, name


def test_every_test_says_what_it_proves(repository: Path) -> None:
    """Every test function has a docstring."""
    report(
        [
            f"{module.path}:{function.lineno}: {function.name} has no docstring"
            for module in modules(repository, "tests")
            if Path(module.path).name.startswith("test_")
            for function in module.functions()
            if function.name.startswith("test_") and not ast.get_docstring(function)
        ]
    )


def test_no_mocks_of_our_own_code(repository: Path) -> None:
    """No test uses unittest.mock: what stands in for a neighbour is a real second implementation."""
    mock = re.compile(r"^\s*(from unittest import .*mock|import unittest\.mock|from unittest\.mock)", re.M)
    report([module.path for module in modules(repository, "tests") if mock.search(module.text)])


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_has_a_readme(repository: Path, package: str) -> None:
    """Each package says what it owns, what it does not own, its invariants and how to add a kind."""
    text = (repository / package / "README.md").read_text(encoding="utf-8")
    for heading in ("## Owns", "## Does not own", "## Invariants", "## How to add"):
        assert heading in text, f"{package}/README.md: no heading {heading!r}"


TEXT_SUFFIXES = frozenset(
    ".cfg .css .html .in .ini .js .json .lock .md .mjs .po .py .sh .sql .toml .txt .yaml .yml".split()
)
# Written in two parts so that this file does not contain what it looks for.
MACHINE_SPECIFIC = [
    *(re.compile("/" + "work/" + folder) for folder in ("main", "shared")),
    *(
        re.compile(re.escape(host + end))
        for host, end in (("pypi.", "org"), ("pythonhosted", ".org"), ("npmjs", ".org"))
    ),
]


def repository_texts(repository: Path) -> Iterator[Path]:
    """The text files of the repository, without what installing or building put there."""
    skipped = {"build", "dist", "node_modules"}
    for top in sorted(repository.iterdir()):
        if top.name in skipped or (top.name.startswith(".") and top.name != ".ci"):
            continue
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and (path.suffix in TEXT_SUFFIXES or path.name in {"Makefile", "Dockerfile", "run"}):
                yield path


def test_nothing_is_machine_specific(repository: Path) -> None:
    """No file names a path of one machine or the host of a package registry."""
    faults = []
    for path in repository_texts(repository):
        text = path.read_text(encoding="utf-8", errors="replace")
        faults += [f"{path.relative_to(repository)}: {m.pattern}" for m in MACHINE_SPECIFIC if m.search(text)]
    report(faults)

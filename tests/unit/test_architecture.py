"""The rules of the house that import contracts and linters cannot state: sizes, names, one door per library."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LAYERS = ("aggregator", "storage", "feeds")
MODULES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
AROUND = sorted(path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = {contract["id"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
PROTECTED = {
    module
    for contract in CONTRACTS.values()
    if contract["type"] == "protected"
    for module in contract["protected_modules"]
}


def each_of(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(ROOT)))


each_module = each_of(MODULES)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement behind the docstring to the last."""
    documented = ast.get_docstring(function, clean=False) is not None
    statements = function.body[1:] if documented else function.body
    return statements[-1].end_lineno - statements[0].lineno + 1 if statements else 0


def test_the_three_layers_are_there():
    assert [(ROOT / layer / "__init__.py").is_file() for layer in LAYERS] == [True, True, True]
    assert len(MODULES) > 20
    assert len(AROUND) > 20


@each_of([*MODULES, *AROUND])
def test_a_module_stays_under_300_lines(path: Path):
    assert len(path.read_text("utf-8").splitlines()) < 300


@each_module
def test_a_function_stays_under_40_lines(path: Path):
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {one.name: body_lines(one) for one in functions if body_lines(one) >= 40} == {}


@each_module
def test_a_module_with_anything_in_it_says_what_it_is_for(path: Path):
    parsed = tree(path)
    assert not parsed.body or ast.get_docstring(parsed)


@each_module
def test_no_module_is_named_after_nothing(path: Path):
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "processor", "base", "misc"}
    assert vague.isdisjoint(path.relative_to(ROOT).with_suffix("").parts)


@each_module
def test_every_library_has_one_door(path: Path):
    """What a contract of `[tool.importlinter]` protects, a contract can hold; anything else would slip through."""
    known = sys.stdlib_module_names | set(LAYERS) | PROTECTED
    assert {name.split(".")[0] for name in imported(path)} - known == set()


def test_every_declared_dependency_is_behind_a_door():
    unimported = {"tzdata", "sniffio"}  # data that zoneinfo finds by itself; what httpcore asks for
    names = {requirement.split(">")[0].split("[")[0].strip() for requirement in PROJECT["project"]["dependencies"]}
    modules = {
        "google-re2": "re2",
        "pystemmer": "Stemmer",
        "tree-sitter": "tree_sitter",
        "tree-sitter-toml": "tree_sitter_toml",
    }
    assert {modules.get(name, name) for name in names - unimported} <= PROTECTED


@pytest.mark.parametrize("path", [path for path in MODULES if path.is_relative_to(ROOT / "feeds")], ids=str)
def test_feeds_open_nothing_and_print_nothing(path: Path):
    called = {
        node.func.id for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called.isdisjoint({"open", "print", "input", "breakpoint", "eval", "exec", "__import__"})
    assert {"urllib.request", "io.open", "io.FileIO"}.isdisjoint(imported(path))


def test_the_contracts_forbid_feeds_what_the_design_forbids():
    shell = {"asyncio", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "socket", "ssl"}
    shell |= {"subprocess", "tempfile", "threading", "time"}
    assert shell <= set(CONTRACTS["pure"]["forbidden_modules"])

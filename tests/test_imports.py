"""Who may import whom, and what may not be imported to answer quickly."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the ground up: a part may import its own row and those above it in this list.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"errors"}),
    frozenset(
        {
            "atomic",
            "byte_cache",
            "cache",
            "database",
            "databases",
            "dataset_folder",
            "descriptions",
            "digests",
            "download",
            "extras",
            "feedback",
            "golds",
            "memo",
            "plots",
            "prompt",
            "query",
            "read_only",
            "schema",
            "schema_formats",
            "spider",
            "tables",
            "tables_json",
            "terminal",
            "wording",
        }
    ),
    frozenset({"constraint", "generators", "linking", "metrics", "sandbox", "uploads"}),
    frozenset({"answering", "compare", "evaluation"}),
    frozenset({"ui"}),
    frozenset({"__main__", "arguments", "benchmark", "cli", "commands", "evaluation_arguments"}),
)
#: What makes a start slow.
HEAVY = frozenset(
    {"datasets", "gradio", "numpy", "pandas", "peft", "sqlglot", "sqlite_utils", "torch"}
    | {"transformers"}
)


def imports(file: Path) -> Iterator[str]:
    """Every module a file imports, anywhere in it, under its full name."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} has a relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(module: str) -> str:
    """``text2sql.ui.demo`` belongs to the part ``ui``."""
    return module.split(".")[1]


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@cache
def graph() -> dict[str, set[str]]:
    """Which parts of ``text2sql`` import which others."""
    found: dict[str, set[str]] = {}
    known = set().union(*LAYERS)
    for file in files("text2sql"):
        relative = file.relative_to(ROOT / "text2sql").with_suffix("")
        if relative.name == "__init__" and len(relative.parts) == 1:
            continue  # the package itself re-exports, lazily
        used = {part(m) for m in imports(file) if m.startswith("text2sql.")} & known
        found.setdefault(relative.parts[0], set()).update(used - {relative.parts[0]})
    return found


def test_every_part_has_its_place() -> None:
    assert set(graph()) <= set().union(*LAYERS)


def test_imports_go_in_one_direction() -> None:
    level = {name: n for n, names in enumerate(LAYERS) for name in names}
    upward = [(a, b) for a, used in graph().items() for b in used if level[b] > level[a]]
    assert upward == []


def test_no_parts_import_each_other_in_a_circle() -> None:
    assert circles(graph()) == []


#: What puts the parts of a folder together, and so imports its children, which import the folder.
COMPOSERS = frozenset(
    {"text2sql", "text2sql.arguments", "text2sql.cli", "text2sql.evaluation_arguments"}
    | {"text2sql.generators.registry", "text2sql.ui.demo"}
)


@cache
def modules() -> dict[str, set[str]]:
    """Which modules of ``text2sql`` and ``train`` import which others, anywhere in them."""
    paths = {}
    for file in (*files("text2sql"), *files("train")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    found = {}
    for name, file in paths.items():
        used = {m for m in imports(file) if m in paths} - {name}
        # `from a.b import c` names a.b and a.b.c: where c is a module, only that is meant
        found[name] = {m for m in used if not any(o.startswith(f"{m}.") for o in used)}
    return found


def folder_of(module: str) -> str:
    """The folder that a module lies in; a composer stands for itself."""
    if module in COMPOSERS or module.endswith(".__main__"):
        return f"{module}, composing"
    if (ROOT / module.replace(".", "/")).is_dir():
        return module
    return module.rpartition(".")[0]


def circles(graph: dict[str, set[str]]) -> list[str]:
    """What can be reached from itself."""

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        todo = [*graph[start]]
        while todo:
            if (name := todo.pop()) not in seen:
                seen.add(name)
                todo += graph.get(name, set())
        return seen

    return [name for name in graph if name in reach(name)]


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(modules()) == []


def test_no_folders_import_each_other_in_a_circle_parents_and_children_included() -> None:
    found: dict[str, set[str]] = {}
    for module, used in modules().items():
        home = folder_of(module)
        found.setdefault(home, set()).update({folder_of(other) for other in used} - {home})
    assert circles(found) == []


#: Hugging Face's package, which lends a GPU on a Space; it has the name of a folder here.
THE_PACKAGE_SPACES = ("accelerator.py", "spaces")


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("text2sql", {"train", "spaces", "tests", "app"}),
        ("train", {"spaces", "tests", "app"}),
        ("spaces", {"text2sql", "train", "tests"}),
    ],
)
def test_the_top_level_folders_keep_apart(folder: str, forbidden: set[str]) -> None:
    found = {(f.name, m) for f in files(folder) for m in imports(f) if m.split(".")[0] in forbidden}
    assert found <= {THE_PACKAGE_SPACES}


def test_spaces_is_no_package() -> None:
    """It would hide the installed package of that name, which Gradio imports on a Space."""
    assert not (ROOT / "spaces" / "__init__.py").exists()


OPENS_DATABASES = {
    "sandbox/worker.py": "runs the SQL of people and models",
    "read_only.py": "reads declarations and cells with SQL of its own",
    "feedback/file.py": "keeps what visitors say of answers in a file of its own",
    "benchmark/loading/page.py": "writes a database that is slow to read, for a page under load",
    "benchmark/growth.py": "writes databases of any size, to be asked about",
    "benchmark/unanswerable/missing_columns.py": "copies a database without one column",
    "evaluation/schema_variants.py": "renames tables and columns of copies, for a benchmark",
    "evaluation/run.py": "keeps the results of a run in a file of its own",
    "metrics/fuzzed_databases.py": "writes databases like a given one, for the test-suite metric",
    "uploads/tables.py": "writes a visitor's tables, in a process of its own",
}


def test_no_other_file_opens_a_database() -> None:
    users = {
        file.relative_to(ROOT / "text2sql").as_posix()
        for file in files("text2sql")
        if "sqlite3.connect" in file.read_text(encoding="utf-8")
    }
    assert users <= set(OPENS_DATABASES)
    assert {"sandbox/worker.py", "read_only.py"} <= users


def loaded(*arguments: str) -> set[str]:
    """The modules that a fresh Python has loaded after running with ``arguments``."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return {
        line.rsplit("|", 1)[1].strip().split(".")[0]
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", "import text2sql"),
        ("-m", "text2sql", "--help"),
        ("-m", "text2sql", "ask", "--help"),
        ("-m", "text2sql", "databases"),
        ("-m", "text2sql", "run", "SELECT 1", "--db", "clinic"),
        ("-c", "import text2sql.sandbox"),
    ],
    ids=" ".join,
)
def test_starting_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    found = loaded(*arguments)
    assert "text2sql" in found
    assert found & HEAVY == set()


def test_the_heavy_packages_would_be_noticed() -> None:
    assert loaded("-c", "import sqlglot") & HEAVY == {"sqlglot"}

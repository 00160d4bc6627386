"""What must hold for an assembled Space before it is uploaded; a problem is a sentence."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

__all__ = ["MAX_BYTES", "front_matter", "problems", "requirements"]

#: Several times what the Space holds today; a model or a data set that slipped in is larger.
MAX_BYTES = 100 * 1024**2
_COLOURS = frozenset("red yellow green blue indigo purple pink gray".split())
_SHORT = 60  # characters of short_description; the hub refuses more
_OLDEST_PYTHON = (3, 11)
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_SAMPLES = "text2sql/assets/samples/"
_SPIDER_FILES = frozenset(
    "dev.json dev_gold.sql train_spider.json train_others.json train_gold.sql test.json "
    "test_gold.sql train_spider_syn.json spider-schema.json spider_data.zip".split()
)
_SPIDER_FIELD = b'"query_toks"'  # Spider's own question files have it under whatever name
_DATABASES = (".sqlite", ".sqlite3", ".db")


def problems(folder: Path, gradio: str) -> list[str]:
    """Everything that is wrong with the Space in ``folder``; ``gradio`` is the version it needs."""
    return [
        *_front_matter_problems(folder, gradio),
        *_import_problems(folder),
        *_version_problems(folder, gradio),
        *_data_problems(folder),
        *_size_problems(folder),
    ]


def front_matter(readme: Path) -> dict[str, Any]:
    """The settings at the top of a Space's README.

    Raises:
        ValueError: there are none, or they are no YAML.
    """
    parts = readme.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) < 3 or parts[0]:
        raise ValueError("README.md does not begin with front matter between two lines of ---.")
    try:
        found = yaml.safe_load(parts[1])
    except yaml.YAMLError as error:
        raise ValueError(f"The front matter of README.md is no YAML: {error}") from error
    if not isinstance(found, dict):
        raise ValueError(
            "The front matter of README.md holds no settings, one `name: value` a line."
        )
    return found


def requirements(file: Path) -> dict[str, Requirement]:
    """What a requirements file names, by canonical name.

    Raises:
        ValueError: a line is no requirement.
    """
    lines = (line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    try:
        named = [Requirement(line) for line in lines if line and not line.startswith("--")]
    except InvalidRequirement as error:
        raise ValueError(f"A line of {file.name} is no requirement: {error}") from error
    return {canonicalize_name(requirement.name): requirement for requirement in named}


# the front matter


def _front_matter_problems(folder: Path, gradio: str) -> Iterator[str]:
    try:
        settings = front_matter(folder / "README.md")
    except ValueError as error:
        yield str(error)
        return
    yield from _missing(settings)
    expected = {"sdk": "gradio", "sdk_version": gradio}
    for name, value in expected.items():
        if settings.get(name) != value:
            yield f"{name} is {settings.get(name)!r}; requirements.txt needs {value!r}."
    if not (folder / str(settings.get("app_file"))).is_file():
        yield f"app_file is {settings.get('app_file')!r}, which the Space does not hold."
    short = str(settings.get("short_description", ""))
    if len(short) > _SHORT:
        yield f"short_description has {len(short)} characters; {_SHORT} is the most."
    for name in ("colorFrom", "colorTo"):
        if settings.get(name) not in _COLOURS:
            yield f"{name} is {settings.get(name)!r}; choose one of {', '.join(sorted(_COLOURS))}."
    yield from _python_problems(str(settings.get("python_version")))
    yield from _hub_problems(settings)


def _missing(settings: Mapping[str, Any]) -> Iterator[str]:
    for name in ("title", "emoji", "license", "short_description", "models", "datasets"):
        if not settings.get(name):
            yield f"{name} is missing from the front matter."


def _python_problems(version: str) -> Iterator[str]:
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    if numbers[:2] < _OLDEST_PYTHON:
        yield f"python_version is {version!r}; the packages need 3.11 or newer."


def _hub_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    """The names on the hub: spelled as such, and nothing is preloaded that is not declared."""
    declared: set[str] = set()
    for name in ("models", "datasets", "preload_from_hub"):
        for entry in settings.get(name) or []:
            repository = str(entry).partition(" ")[0]  # a list of files may follow
            if not _REPOSITORY.fullmatch(repository):
                yield f"{name} lists {entry!r}, which is not the form owner/name."
            elif name == "preload_from_hub" and repository not in declared:
                yield f"preload_from_hub lists {repository!r}, which models and datasets do not."
            declared.add(repository)


# packages


def _import_problems(folder: Path) -> Iterator[str]:
    """Imports that neither Python, the Space itself nor its requirements provide."""
    try:
        named = {*requirements(folder / "requirements.txt"), "gradio"}  # sdk_version brings gradio
    except (OSError, ValueError) as error:
        yield f"requirements.txt cannot be read: {error}"
        return
    providers = _providers()
    own = {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}
    for file in sorted(folder.rglob("*.py")):
        where = file.relative_to(folder).as_posix()
        for module in _needed(file):
            top = module.partition(".")[0]
            if top in own:
                if not _is_module(folder, module):
                    yield f"{where} imports {module}, which the Space does not hold."
            elif top not in sys.stdlib_module_names:
                dists = {canonicalize_name(name) for name in providers.get(top, [top])}
                if not dists & named:
                    yield f"{where} imports {top}, which requirements.txt does not name."


def _version_problems(folder: Path, gradio: str) -> Iterator[str]:
    """Packages that the hub's builder could not install together."""
    from resolution import conflicts

    try:
        named = requirements(folder / "requirements.txt").values()
        python = str(front_matter(folder / "README.md").get("python_version"))
    except (OSError, ValueError):
        return  # named already
    yield from conflicts(named, gradio, python)


@cache
def _providers() -> Mapping[str, list[str]]:
    """The packages that bring each module, as they are installed here."""
    return packages_distributions()


def _needed(file: Path) -> list[str]:
    """The modules that a file imports, but for packages that it tries and can do without."""
    tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
    optional = {m.partition(".")[0] for part in _optional(tree) for m in _modules(part)}
    found = dict.fromkeys(_modules(tree))
    return [module for module in found if module.partition(".")[0] not in optional]


def _optional(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Try):
            caught = {n.id for h in node.handlers if h.type for n in ast.walk(h.type)
                      if isinstance(n, ast.Name)}  # fmt: skip
            if caught & {"ImportError", "ModuleNotFoundError"}:
                yield from node.body


def _modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _is_module(folder: Path, module: str) -> bool:
    path = folder.joinpath(*module.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


# data and size


def _data_problems(folder: Path) -> Iterator[str]:
    """Spider is fetched by each Space for itself; none of it is ever uploaded."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        where = file.relative_to(folder).as_posix()
        stray = file.suffix in _DATABASES and not where.startswith(_SAMPLES)
        copied = file.suffix == ".json" and _SPIDER_FIELD in file.read_bytes()
        if file.name in _SPIDER_FILES or stray or copied:
            yield f"{where} looks like Spider's; its data is not ours to upload."


def _size_problems(folder: Path) -> Iterator[str]:
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if total > MAX_BYTES:
        yield f"The Space would be {total:,} bytes; the most is {MAX_BYTES:,}."

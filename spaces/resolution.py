"""Whether the packages of a Space can be installed together, told without an index.

The hub's builder installs gradio with its extras, uvicorn, websockets and spaces beside what
requirements.txt names. Which versions each of them allows is read from the packages that are
installed here; a package that is not here is taken as it is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

__all__ = ["conflicts", "of_the_builder"]

_Wish = tuple[str, Requirement]  # who wants it, and what


def of_the_builder(gradio: str) -> list[Requirement]:
    """What the builder installs for the Gradio SDK in that version, whatever a Space says."""
    named = (f"gradio[oauth,mcp]=={gradio}", "uvicorn>=0.14.0", "websockets>=10.4", "spaces")
    return [Requirement(text) for text in named]


def conflicts(named: Iterable[Requirement], gradio: str, python: str) -> Iterator[str]:
    """The packages of which no version suits everybody, a sentence for each."""
    wishes: dict[str, list[_Wish]] = {}
    waiting = [("requirements.txt", one) for one in named]
    waiting += [("the builder", one) for one in of_the_builder(gradio)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        who, wish = waiting.pop()
        if (who, str(wish)) in seen:
            continue
        seen.add((who, str(wish)))
        wishes.setdefault(canonicalize_name(wish.name), []).append((who, wish))
        waiting += [(wish.name, one) for one in _wanted_by(wish, python)]
    for name, all_of_it in sorted(wishes.items()):
        if not _possible(name, [wish.specifier for _, wish in all_of_it]):
            said = sorted({f"{who} wants {w.specifier}" for who, w in all_of_it if w.specifier})
            yield f"No version of {name} suits everybody: {', '.join(said)}."


def _wanted_by(wish: Requirement, python: str) -> Iterator[Requirement]:
    """What the package needs in turn, with the extras that are wished for, on the hub's Linux."""
    here = {"python_version": python, "python_full_version": f"{python}.0"}
    here |= {"sys_platform": "linux", "platform_system": "Linux"}
    for need in _needs(wish.name):
        marker = need.marker
        extras = ["", *wish.extras]
        if marker is None or any(marker.evaluate(here | {"extra": extra}) for extra in extras):
            yield need


@cache
def _needs(name: str) -> list[Requirement]:
    try:
        return [Requirement(text) for text in distribution(name).requires or []]
    except PackageNotFoundError:
        return []


def _possible(name: str, specifiers: list[SpecifierSet]) -> bool:
    """Whether one version lies in all ranges: the installed one, a bound, or the next after it."""
    both = SpecifierSet(",".join(str(one) for one in specifiers if str(one)))
    candidates = {version for one in both for version in (one.version, f"{one.version}.1")}
    try:
        candidates.add(distribution(name).version)
    except PackageNotFoundError:
        candidates.add("1000000")  # any that is new enough
    return any(both.contains(version, prereleases=True) for version in candidates if _is(version))


def _is(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:  # such as 2.* of "== 2.*"
        return False
    return True

"""The container: what its files name exists, and it runs without rights.

Building it takes Docker and an index of packages; this is what can be told without.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from text2sql.cli import build_parser

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with what they are given, lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and line[0] != "#"]
    return [(line[0], " ".join(line[1].split())) for line in lines]


def given(steps: list[tuple[str, str]], instruction: str) -> list[str]:
    return [text for name, text in steps if name == instruction]


def test_what_is_copied_exists_and_is_not_ignored(steps: list[tuple[str, str]]) -> None:
    copied = {name for text in given(steps, "COPY") if "--from" not in text
              for name in text.split()[:-1]}  # fmt: skip
    assert [name for name in copied if not (ROOT / name).exists()] == []
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == copied


def test_the_package_finds_in_the_container_what_it_is_built_from(
    steps: list[tuple[str, str]],
) -> None:
    [copied, *_] = given(steps, "COPY")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    named = re.findall(r'^(?:readme|license-files) = \[?"([^"]+)"', project, re.MULTILINE)
    assert [name for name in named if name not in copied.split()] == []


def test_the_page_runs_as_a_user_without_rights_and_what_it_keeps_lies_in_the_volume(
    steps: list[tuple[str, str]],
) -> None:
    order = [name for name, _ in steps]
    assert given(steps, "USER") == ["text2sql"]
    assert order.index("USER") > max(i for i, name in enumerate(order) if name == "RUN")
    command = json.loads(given(steps, "CMD")[-1])
    assert command[0] == "text2sql"
    args = build_parser().parse_args(command[1:])
    assert (args.host, args.port) == ("0.0.0.0", 7860)
    [environment] = given(steps, "ENV")
    kept = [args.runs, *re.findall(r"TEXT2SQL_\w+=(\S+)", environment)]
    assert [place for place in kept if not str(place).startswith("/data/")] == []
    assert (given(steps, "VOLUME"), len(kept)) == (["/data"], 3)
    [health] = given(steps, "HEALTHCHECK")
    assert f"http://127.0.0.1:{args.port}/" in health


@pytest.fixture(scope="module")
def composition() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def caddyfile(composition: dict[str, Any]) -> str:
    proxy = composition["services"]["proxy"]
    return str(composition["configs"][proxy["configs"][0]["source"]]["content"])


def test_the_pages_are_reached_through_the_proxy_alone_and_share_the_volume(
    composition: dict[str, Any],
) -> None:
    page, proxy = composition["services"]["page"], composition["services"]["proxy"]
    assert (page["volumes"], page["scale"]) == (["data:/data"], 2)
    assert "ports" not in page
    assert proxy["depends_on"] == {"page": {"condition": "service_healthy"}}


def test_the_proxy_names_the_processes_as_docker_does(composition: dict[str, Any]) -> None:
    to = re.findall(r"^ *to (.*)$", caddyfile(composition), re.MULTILINE)
    project = composition["name"]
    assert to == [" ".join(f"{project}-page-{n}:7860" for n in range(1, 5))]
    assert len(to[0].split()) >= composition["services"]["page"]["scale"]


def test_the_proxy_compresses_but_holds_no_growing_answer_back(
    composition: dict[str, Any],
) -> None:
    assert "encode zstd gzip" in caddyfile(composition)
    assert "event-stream" not in caddyfile(composition)

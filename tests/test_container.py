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


def test_the_proxy_of_the_composition_compresses_and_leads_to_the_page() -> None:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    page, proxy = found["services"]["page"], found["services"]["proxy"]
    assert page["volumes"] == ["data:/data"]
    assert "ports" not in page  # reached through the proxy alone
    assert proxy["depends_on"] == {"page": {"condition": "service_healthy"}}
    served = found["configs"][proxy["configs"][0]["source"]]["content"]
    assert "encode zstd gzip" in served
    assert "event-stream" not in served  # answers that grow are not held back
    assert "reverse_proxy page:7860\n" in served

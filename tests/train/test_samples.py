"""The same question after each evaluation, in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from train.samples import SAMPLES, DebugSample, record_sample


def recorded(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / SAMPLES).read_text(encoding="utf-8").splitlines()]


def test_each_evaluation_adds_a_line(tmp_path: Path) -> None:
    for epoch, sql in ((1.0, "SELECT 'Zoë'\nFROM a"), (2.0, "")):
        record_sample(tmp_path, epoch, int(epoch) * 10, DebugSample("Who?", "SELECT 1", sql))
    asked = {"question": "Who?", "gold": "SELECT 1"}
    assert recorded(tmp_path) == [
        {"epoch": 1.0, "step": 10, **asked, "predicted": "SELECT 'Zoë'\nFROM a"},
        {"epoch": 2.0, "step": 20, **asked, "predicted": ""},
    ]
    assert [path.name for path in tmp_path.iterdir()] == [SAMPLES]


def test_samples_of_repeated_steps_replace_the_earlier_ones(tmp_path: Path) -> None:
    for step, sql in ((10, "a"), (20, "b"), (30, "c"), (20, "B")):
        record_sample(tmp_path, step / 10, step, DebugSample("q", "g", sql))
    assert [(line["step"], line["predicted"]) for line in recorded(tmp_path)] == [
        (10, "a"),
        (20, "B"),
    ]

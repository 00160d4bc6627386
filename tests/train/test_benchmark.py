"""The benchmark compares loops that do the same work."""

from __future__ import annotations

import json
import statistics

import pytest

from train.benchmark import (
    GEOMETRIES,
    Measurement,
    draw_batches,
    loss_difference,
    main,
    measure,
)


def test_the_lengths_are_those_of_spider() -> None:
    lengths = [len(e["input_ids"]) for batch in draw_batches(200, 512) for e in batch]
    assert statistics.median(lengths) == pytest.approx(129, rel=0.05)
    assert sum(length > 441 for length in lengths) / len(lengths) == pytest.approx(0.05, abs=0.01)
    assert max(lengths) == 512


def test_both_loops_take_the_same_steps() -> None:
    both = [measure(loop, GEOMETRIES["smallest"], 3, "cpu", 0) for loop in ("reference", "ours")]
    assert loss_difference(*both) < 0.01
    assert min(m.examples_per_s for m in both) > 0
    assert both[0].losses != both[1].losses  # they are measured, not copied


def test_different_losses_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def round_(*args: object) -> list[Measurement]:
        return [Measurement("reference", 2.0, 100, (1.0,)), Measurement("ours", 6.0, 90, (1.1,))]

    monkeypatch.setattr("train.benchmark._round", round_)
    assert main(["--device", "cpu"]) == 1
    assert "Losses differ by 10.000% at most." in capsys.readouterr().out
    main(["--device", "cpu", "--json"])
    assert json.loads(capsys.readouterr().out)["loops"][1]["examples_per_s"] == 6.0

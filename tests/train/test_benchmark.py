"""The benchmark compares loops that do the same work."""

from __future__ import annotations

import json
import statistics
from typing import Literal

import pytest

from train.benchmark import loss_difference, main
from train.loops import LEVERS, LOOPS, Measurement, Work, draw_batches, measure


def test_the_lengths_are_those_of_spider() -> None:
    lengths = [len(e["input_ids"]) for batch in draw_batches(200, 512) for e in batch]
    assert statistics.median(lengths) == pytest.approx(129, rel=0.05)
    assert sum(length > 441 for length in lengths) / len(lengths) == pytest.approx(0.05, abs=0.01)
    assert max(lengths) == 512


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_all_loops_take_the_same_steps(dtype: Literal["bfloat16", "float32"]) -> None:
    work = Work("smallest", dtype, steps=3)
    measured = [measure(loop, work) for loop in (*LOOPS, *LEVERS)]
    assert loss_difference(measured) < 0.01
    assert min(m.examples_per_s for m in measured) > 0
    assert measured[0].losses != measured[1].losses  # they are measured, not copied


def test_all_levers_together_make_our_loop() -> None:
    reference, ours = (vars(LOOPS[name]) for name in ("reference", "ours"))
    changes: dict[str, object] = {}
    for lever in LEVERS.values():
        changes |= {k: v for k, v in vars(lever).items() if v != reference[k]}
    assert reference | changes == ours


def test_different_losses_are_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def round_(*args: object) -> list[Measurement]:
        return [Measurement("reference", 2.0, 100, (1.0,)), Measurement("ours", 6.0, 90, (1.1,))]

    monkeypatch.setattr("train.benchmark._round", round_)
    assert main(["--device", "cpu"]) == 1
    assert "Losses differ by 10.000% at most." in capsys.readouterr().out
    main(["--device", "cpu", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["geometry"], found["device"], found["steps"]) == ("scaled", "cpu", 20)
    assert found["loops"][1]["examples_per_s"] == 6.0


def test_the_table_has_the_median_over_the_rounds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A busy machine slows both loops of a round, so the ratio is taken in each."""
    speeds = iter([(10.0, 20.0), (1.0, 3.0), (5.0, 20.0)])

    def round_(*args: object) -> list[Measurement]:
        return [Measurement(n, s, 1, (1.0,)) for n, s in zip(LOOPS, next(speeds), strict=True)]

    monkeypatch.setattr("train.benchmark._round", round_)
    assert main(["--device", "cpu", "--rounds", "3"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in table[3:5]] == [
        ["reference", "5.0", "1.0"],
        ["ours", "20.0", "3.0"],
    ]

"""The same question, recorded after each evaluation of a pocket run."""

from __future__ import annotations

import json
from pathlib import Path

from tests.train.pocket.conftest import collections_of
from train.pocket.recipe import PocketRecipe
from train.pocket.trainer import PocketTrainer


def test_a_run_records_its_first_held_out_question_each_time(
    spider: Path, start: Path, tmp_path: Path
) -> None:
    recipe = PocketRecipe(
        start=str(start), epochs=4, batch_size=8, held_out=0.2, evaluations=2, workers=0
    )
    trainer = PocketTrainer(recipe, collections_of(spider), tmp_path / "run")
    trainer.run()
    text = (tmp_path / "run" / "samples.jsonl").read_text(encoding="utf-8")
    samples = [json.loads(line) for line in text.splitlines()]
    first = trainer.evaluator.records[0]
    assert [sample["step"] for sample in samples] == [row["step"] for row in trainer.rows]
    assert len(samples) == 2
    assert {(s["question"], s["gold"]) for s in samples} == {(first.question, first.query)}

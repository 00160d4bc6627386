"""The training of the pocket model: ``text2sql train --recipe pocket``."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from text2sql.atomic import new_file
from text2sql.generators.pocket.pieces import Pieces
from train.pocket.collection import SOURCES, Collection
from train.pocket.corpus import read_corpus
from train.pocket.data import (
    PocketBatches,
    PocketDataset,
    TargetBatch,
    collate_targets,
)
from train.pocket.frozen_text import FrozenText
from train.pocket.held_out import HeldOutEvaluator
from train.pocket.losses import Interval, losses
from train.pocket.minilm import copy_tokenizer, find_encoder, starting_model
from train.pocket.optimizer import make_optimizer, set_rates
from train.pocket.processes import ProcessGroup
from train.pocket.recipe import PocketRecipe
from train.pocket.synonyms import Synonyms, read_synonyms
from train.report import save_json
from train.resuming import check_average, matching, read_samples, read_state
from train.samples import SAMPLES, record_sample

__all__ = ["PocketRecipe", "PocketTrainer"]

_BAR = "{l_bar}{bar}| {elapsed}<{remaining}"
_SAVE_EVERY_S = 240.0
_STATE = "state.pt"


class PocketTrainer:
    """One run; it writes the best model, the log and the state for a resume to ``out``."""

    def __init__(
        self,
        recipe: PocketRecipe,
        collections: Sequence[Collection],
        out: Path,
        rewordings: Path | None = None,
        wordnet: Path | None = None,
    ) -> None:
        self.recipe = recipe
        self.out = out
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.processes = ProcessGroup.join()
        torch.manual_seed(recipe.seed)
        source = Path(recipe.start) if recipe.start else find_encoder(recipe.encoder)
        if self.processes.first:
            copy_tokenizer(source, out)
        self.pieces = Pieces(source / "tokenizer.json")
        self.corpus = read_corpus(collections)
        self.model = starting_model(recipe, source)
        nn.Module.to(self.model, self.device)
        self.evaluator = HeldOutEvaluator(self.corpus, self.pieces, recipe.judged)
        self.text = FrozenText(self.model, self.device)
        self.frozen = len(self.model.text)
        self.average = {n: p.detach().clone() for n, p in self._learned()}
        self.batches = self._batches()
        self.loader = self._loader(read_synonyms(rewordings, wordnet))
        self.optimizer = make_optimizer(self.model, recipe)
        self.steps = recipe.steps or recipe.epochs * len(self.batches)
        self.step = 0
        self.epoch = self.done = 0
        self.progress = 0.0
        self.best = -1.0
        self.elapsed = 0.0
        self.started = self.saved = time.perf_counter()
        self.rows: list[dict[str, Any]] = []

    def _learned(self) -> Iterator[tuple[str, nn.Parameter]]:
        return ((n, p) for n, p in self.model.named_parameters() if p.requires_grad)

    def _batches(self) -> PocketBatches:
        r = self.recipe
        sizes = {source: getattr(r, source) for source in SOURCES}
        batches = PocketBatches(self.corpus, r.batch_size, r.seed, r.most_nodes, sizes)
        batches.share = (self.processes.rank, self.processes.count)
        return batches

    def _loader(self, synonyms: Synonyms) -> DataLoader[Any]:
        r = self.recipe
        dataset = PocketDataset(self.corpus, self.pieces, r.chances, synonyms, r.most_nodes, r.seed)
        return DataLoader(
            dataset,
            batch_sampler=self.batches,
            collate_fn=collate_targets,
            num_workers=r.workers,
            pin_memory=self.device.type == "cuda",
            prefetch_factor=8 if r.workers else None,
            persistent_workers=r.workers > 0,
        )

    # the loop

    def run(self, resume: bool = False) -> float:
        """Train, and return the best average over the held-out collections, in percent."""
        torch.set_flush_denormal(True)  # denormal numbers slow down a CPU
        try:
            return self._run(resume)
        finally:
            torch.set_flush_denormal(False)

    def _run(self, resume: bool) -> float:
        if resume:
            self._resume()
        self.started = time.perf_counter() - self.elapsed
        torch.manual_seed(self.recipe.seed + self.step * self.processes.count + self.processes.rank)
        bar = tqdm(
            total=100, unit="%", mininterval=5, bar_format=_BAR, disable=not self.processes.first
        )
        since = Interval(self.step)
        while self.progress < 1:
            self.batches.epoch = self.epoch
            for batch in self.loader:
                self._train_step(batch, since)
                self.done += 1
                bar.update(100 * self.progress - bar.n)
                if time.perf_counter() - self.saved > _SAVE_EVERY_S:
                    self._save_state()
                if self.progress >= (len(self.rows) + 1) / self.recipe.evaluations:
                    self._report(since, bar)
                    since = Interval(self.step)
                if self.progress >= 1:
                    break
            self.epoch += 1
            self.done = self.batches.done = 0
        bar.close()
        return self.best

    def _measure_progress(self) -> None:
        """Measure the finished part of the run, from 0 to 1, by its time limit or its steps."""
        if self.recipe.minutes is None:
            done = self.step / self.steps
        else:
            done = (time.perf_counter() - self.started) / (60 * self.recipe.minutes)
        self.progress = min(1.0, self.processes.from_first(done))

    def _train_step(self, targets: TargetBatch, since: Interval) -> None:
        self.model.train()
        self._freeze()
        set_rates(self.optimizer, self.progress, self.recipe.warmup)
        goal = targets.to(self.device)
        with self._precision():
            logits, mentioned = self.model(
                goal.batch, goal.inputs, self.text.read(goal.batch, self.frozen)
            )
        loss, mention, right = losses(logits, mentioned, goal)
        self.optimizer.zero_grad(set_to_none=True)
        total = loss + self.recipe.mention_weight * mention
        total.backward()  # type: ignore[no-untyped-call]
        learned = [p for _, p in self._learned()]
        self.processes.average_gradients(learned)
        nn.utils.clip_grad_norm_(learned, self.recipe.max_norm)
        self.optimizer.step()
        self.step += 1
        self._measure_progress()
        self._update_average()
        since.add(loss.detach(), mention.detach(), right)

    def _freeze(self) -> None:
        """Freeze all text layers at first, and later only the lowest ones."""
        settled = self.progress >= self.recipe.frozen_share
        self.frozen = self.recipe.frozen_layers if settled else len(self.model.text)
        for layer in self.model.text[: self.frozen]:
            layer.eval()

    def _precision(self) -> torch.autocast:
        return torch.autocast(
            self.device.type, dtype=torch.bfloat16, enabled=self.device.type == "cuda"
        )

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        learned: list[Tensor] = [p for _, p in self._learned()]
        torch._foreach_lerp_(list(self.average.values()), learned, 1 - decay)

    # evaluation

    def _report(self, since: Interval, bar: tqdm[Any]) -> None:
        if not self.processes.first:
            self.rows.append({})
            return
        asked = (self.step - since.step) * self.recipe.batch_size * self.processes.count
        per_second = asked / (time.perf_counter() - since.time)
        with self._averaged():
            right = self.evaluator.right(self.model)
            mean = sum(right.values()) / max(1, len(right))
            if mean > self.best:
                self.best = mean
                self.model.save_pretrained(self.out)
        row = {
            "epoch": self.epoch,
            "step": self.step,
            "minutes": round((time.perf_counter() - self.started) / 60, 1),
            **since.means(),
            "held_out": round(mean, 2),
            **{f"held_out_{name}": round(share, 2) for name, share in right.items()},
            "examples_per_second": round(per_second, 1),
        }
        self.rows.append(row)
        bar.write(json.dumps(row))
        if self.evaluator.sample is not None:
            record_sample(self.out, self.epoch, self.step, self.evaluator.sample)
        self._save_state()
        self._save_log()

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """Use the averaged weights within the context."""
        kept = {n: p.detach().clone() for n, p in self._learned()}
        self.model.load_state_dict(self.average, strict=False)
        self.model.train(False)
        try:
            yield
        finally:
            self.model.load_state_dict(kept, strict=False)

    # files

    def _save_log(self) -> None:
        metrics = self.out / "metrics.csv"
        with new_file(metrics) as part, part.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.rows[0].keys())
            writer.writeheader()
            writer.writerows(self.rows)

    def _save_state(self) -> None:
        if not self.processes.first:
            return
        self.saved = time.perf_counter()
        state = {
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "epoch": self.epoch,
            "done": self.done,
            "elapsed": time.perf_counter() - self.started,
            "best": self.best,
            "rows": self.rows,
        }
        with new_file(self.out / _STATE) as part:
            torch.save(state, part)
        # written last, because a run with a manifest can be resumed
        manifest = {"recipe": asdict(self.recipe), "torch": torch.__version__, "best": self.best}
        save_json(manifest, self.out / "manifest.json")

    def _resume(self) -> None:
        state = read_state(self.out / _STATE, self.device)
        read_samples(self.out / SAMPLES)  # damage is told now, not after the next evaluation
        with matching(self.out / _STATE):
            self.model.load_state_dict(state["model"])
            check_average(state["average"], self.average)
            self.optimizer.load_state_dict(state["optimizer"])
        self.average = state["average"]
        self.step, self.best, self.rows = state["step"], state["best"], state["rows"]
        self.elapsed, self.epoch = state["elapsed"], state["epoch"]
        self.done = self.batches.done = state["done"]
        self._measure_progress()

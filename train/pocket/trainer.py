"""Trains the pocket model: python -m train --recipe pocket."""

from __future__ import annotations

import csv
import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from text2sql.generators.pocket.decoding import beam_search
from text2sql.generators.pocket.features import (
    Features,
    Pieces,
    collate,
    encode_question,
    encode_schema,
)
from text2sql.generators.pocket.ir import from_tokens
from text2sql.generators.pocket.model import PocketConfig, PocketModel
from text2sql.generators.pocket.values import find_candidates
from text2sql.generators.pocket.words import split_words
from text2sql.errors import QueryError
from text2sql.metrics.exact_set import exact_set
from text2sql.query import render
from train.pocket.augment import Chances, mine_synonyms
from train.pocket.data import (
    IGNORED,
    Corpus,
    PocketBatches,
    PocketDataset,
    Record,
    collate_targets,
    read_corpus,
)
from train.pocket.minilm import (
    copy_tokenizer,
    find_encoder,
    freeze_embeddings,
    load_encoder,
    text_groups,
)

__all__ = ["PocketRecipe", "PocketTrainer"]


@dataclass(frozen=True)
class PocketRecipe:
    """Everything that decides a run; a recipe file holds only what differs from this."""

    encoder: str = "sentence-transformers/all-MiniLM-L6-v2"
    epochs: int = 40
    batch_size: int = 64
    rate: float = 8e-4
    text_rate: float = 1e-4
    layer_decay: float = 0.85
    warmup: float = 0.05
    weight_decay: float = 0.01
    max_norm: float = 5.0
    dropout: float = 0.2
    average: float = 0.999  # of the weights, over steps
    mention_weight: float = 0.2
    held_out: float = 0.08
    evaluations: int = 10
    most_nodes: int = 90
    joint_from: int = 3
    width: int = 256
    encoder_layers: int = 5
    decoder_layers: int = 3
    chances: Chances = field(default_factory=Chances)
    workers: int = 0
    seed: int = 0
    limit: int | None = None


class PocketTrainer:
    """One run; ``out`` receives the best model, the log and the state to resume from."""

    def __init__(
        self, recipe: PocketRecipe, spider_dir: Path, out: Path, rewordings: Path | None = None
    ) -> None:
        self.recipe = recipe
        self.out = out
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(recipe.seed)
        encoder = find_encoder(recipe.encoder)
        copy_tokenizer(encoder, out)
        self.pieces = Pieces(out / "tokenizer.json")
        self.corpus = read_corpus(spider_dir, rewordings, recipe.held_out, recipe.limit)
        self.model = self._new_model(encoder)
        self.average = {n: p.detach().clone() for n, p in self._learned()}
        self.batches = PocketBatches(
            self.corpus, recipe.batch_size, recipe.seed, recipe.most_nodes
        )
        self.loader = self._loader(rewordings)
        self.optimizer = self._optimizer()
        self.steps = recipe.epochs * len(self.batches)
        self.step = 0
        self.best = -1.0
        self.rows: list[dict[str, Any]] = []

    def _new_model(self, encoder: Path) -> PocketModel:
        r = self.recipe
        config = PocketConfig(
            joint_from=r.joint_from,
            width=r.width,
            encoder_layers=r.encoder_layers,
            decoder_layers=r.decoder_layers,
            dropout=r.dropout,
        )
        model = PocketModel(config)
        load_encoder(model, encoder)
        freeze_embeddings(model)
        for layer in model.text:  # the text layers were trained with less
            layer.dropout.p = min(0.1, r.dropout)
        return model.to(self.device)

    def _learned(self) -> Iterator[tuple[str, nn.Parameter]]:
        return ((n, p) for n, p in self.model.named_parameters() if p.requires_grad)

    def _loader(self, rewordings: Path | None) -> DataLoader[Any]:
        r = self.recipe
        pairs = json.loads(rewordings.read_text()) if rewordings else []
        synonyms = mine_synonyms((p["original_question"], p["question"]) for p in pairs)
        dataset = PocketDataset(
            self.corpus, self.pieces, r.chances, synonyms, r.most_nodes, r.seed
        )
        return DataLoader(
            dataset,
            batch_sampler=self.batches,
            collate_fn=collate_targets,
            num_workers=r.workers,
            pin_memory=self.device.type == "cuda",
            prefetch_factor=8 if r.workers else None,
        )

    def _optimizer(self) -> torch.optim.Optimizer:
        r = self.recipe
        text = text_groups(self.model, r.text_rate, r.layer_decay)
        in_text = {id(p) for p in self.model.text.parameters()}
        head = [p for _, p in self._learned() if id(p) not in in_text]
        return torch.optim.AdamW(
            [{"params": head, "lr": r.rate}, *text],
            betas=(0.9, 0.98),
            weight_decay=r.weight_decay,
            fused=True,
        )

    # the loop

    def run(self, resume: bool = False) -> float:
        """Train to the end; the best exact set match on the held-out databases, in percent."""
        if resume:
            self._resume()
        schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, self._rate, last_epoch=-1
        )
        for _ in range(self.step):
            schedule.step()
        every = max(1, self.steps // self.recipe.evaluations)
        bar = tqdm(total=self.steps, initial=self.step, unit="step", mininterval=5)
        sums, since, started = _Sums(), self.step, time.perf_counter()
        while self.step < self.steps:
            self.batches.epoch = self.step // len(self.batches)
            for batch in self.loader:
                self._train_step(batch, sums)
                schedule.step()
                bar.update()
                if self.step % every == 0 or self.step == self.steps:
                    rate = (self.step - since) * self.recipe.batch_size
                    self._report(sums, rate / (time.perf_counter() - started), bar)
                    sums, since, started = _Sums(), self.step, time.perf_counter()
        bar.close()
        return self.best

    def _rate(self, step: int) -> float:
        warmup = max(1, int(self.recipe.warmup * self.steps))
        if step < warmup:
            return (step + 1) / warmup
        done = (step - warmup) / max(1, self.steps - warmup)
        return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))

    def _train_step(self, batch: dict[str, Tensor], sums: _Sums) -> None:
        self.model.train()
        batch = self._to_device(batch)
        with self._precision():
            result = self.model(batch)
        loss, mention, right = _losses(result, batch)
        self.optimizer.zero_grad(set_to_none=True)
        (loss + self.recipe.mention_weight * mention).backward()
        nn.utils.clip_grad_norm_([p for _, p in self._learned()], self.recipe.max_norm)
        self.optimizer.step()
        self.step += 1
        self._update_average()
        sums.add(loss.detach(), mention.detach(), right)

    def _to_device(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: t.to(self.device, non_blocking=True) for name, t in batch.items()}

    def _precision(self) -> torch.autocast:
        return torch.autocast(
            self.device.type, dtype=torch.bfloat16, enabled=self.device.type == "cuda"
        )

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        learned = [p for _, p in self._learned()]
        torch._foreach_lerp_(list(self.average.values()), learned, 1 - decay)

    # judging

    def _report(self, sums: _Sums, per_second: float, bar: tqdm[Any]) -> None:
        with self._averaged():
            exact = self.held_out_match()
            if exact > self.best:
                self.best = exact
                self.model.save_pretrained(self.out)
        row = {
            "epoch": round(self.step / len(self.batches), 2),
            "step": self.step,
            **sums.means(),
            "held_out_exact_set": round(exact, 2),
            "examples_per_second": round(per_second, 1),
        }
        self.rows.append(row)
        bar.write(json.dumps(row))
        self._save_log()
        self._save_state()

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """The averaged weights in place of the trained ones."""
        kept = {n: p.detach().clone() for n, p in self._learned()}
        self.model.load_state_dict(self.average, strict=False)
        self.model.eval()
        try:
            yield
        finally:
            self.model.load_state_dict(kept, strict=False)

    def held_out_match(self, beams: int = 1) -> float:
        """Exact set match on the held-out databases, in percent."""
        records = sorted(self.corpus.held_out, key=lambda r: (r.db_id, len(r.question)))
        right = 0
        for start in range(0, len(records), 64):
            part = records[start : start + 64]
            for record, sql in zip(part, self.predict(part, beams), strict=True):
                schema = self.corpus.databases[record.db_id].schema
                right += bool(sql and exact_set(record.query, sql, schema).match)
        return 100 * right / max(1, len(records))

    def predict(self, records: list[Record], beams: int) -> list[str]:
        """The best SQL of each record, empty where there is none."""
        batch = [self._features(record) for record in records]
        with torch.inference_mode():
            encoded = self.model.encode(self._to_device(collate(batch)))
        found = beam_search(self.model, encoded, batch, beams)
        return [_first_sql(h, f) for h, f in zip(found, batch, strict=True)]

    def _features(self, record: Record) -> Features:
        if not hasattr(self, "_encoded"):
            self._encoded: dict[str, Any] = {}
        schema = self.corpus.databases[record.db_id].schema
        if record.db_id not in self._encoded:
            self._encoded[record.db_id] = encode_schema(schema, self.pieces)
        words = split_words(record.question)
        values = find_candidates(record.question, words, self.corpus.indexes[record.db_id])
        return encode_question(words, values, self._encoded[record.db_id], self.pieces)

    # files

    def _save_log(self) -> None:
        with (self.out / "metrics.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, self.rows[0].keys())
            writer.writeheader()
            writer.writerows(self.rows)
        manifest = {"recipe": asdict(self.recipe), "torch": torch.__version__, "best": self.best}
        (self.out / "manifest.json").write_text(json.dumps(manifest, indent=1))

    def _save_state(self) -> None:
        state = {
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "best": self.best,
            "rows": self.rows,
        }
        torch.save(state, self.out / "state.tmp")
        (self.out / "state.tmp").replace(self.out / "state.pt")

    def _resume(self) -> None:
        state = torch.load(self.out / "state.pt", map_location=self.device)
        self.model.load_state_dict(state["model"])
        self.average = state["average"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.best, self.rows = state["step"], state["best"], state["rows"]


class _Sums:
    """Running means of a stretch of training, kept on the device."""

    def __init__(self) -> None:
        self.values: dict[str, Tensor] = {}
        self.count = 0

    def add(self, loss: Tensor, mention: Tensor, right: Tensor) -> None:
        self.count += 1
        for name, value in (("loss", loss), ("mention", mention), ("token_accuracy", right)):
            self.values[name] = self.values.get(name, torch.zeros_like(value)) + value

    def means(self) -> dict[str, float]:
        return {n: round(float(v) / max(1, self.count), 4) for n, v in self.values.items()}


def _losses(result: dict[str, Tensor], batch: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Cross-entropy summed over tokens and averaged over questions, so that long queries keep
    their weight; the loss of the used nodes, likewise; and the share of tokens that are right."""
    size = len(batch["targets"])
    logits = result["logits"].float().masked_fill(~batch["allowed"], -1e4)
    targets = batch["targets"]
    loss = F.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    mention = F.binary_cross_entropy_with_logits(
        result["mentioned"].float(), batch["used"], reduction="none"
    )
    with torch.no_grad():
        counted = targets != IGNORED
        right = ((logits.argmax(-1) == targets) & counted).sum() / counted.sum()
    return loss / size, (mention * batch["mask"]).sum() / size, right


def _first_sql(hypotheses: list[Any], features: Features) -> str:
    for hypothesis in hypotheses:
        schema = features.schema.schema
        try:
            return render(from_tokens(hypothesis.tokens(features), schema), schema)
        except QueryError:
            continue
    return ""

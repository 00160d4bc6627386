"""Grammar-constrained beam search for several questions at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from text2sql.generators.pocket.features import QuestionFeatures
from text2sql.generators.pocket.grammar import Allowed, Grammar
from text2sql.generators.pocket.ir import KEYWORDS, Token
from text2sql.generators.pocket.network import Network
from text2sql.generators.pocket.repeats import repeats
from text2sql.generators.pocket.steps import Encoded

__all__ = ["Hypothesis", "beam_search"]

_START = KEYWORDS.index("<start>")
_END = KEYWORDS.index("end")
#: A hypothesis whose log-probability is this much below the best finished one hardly changes an
#: answer: when candidates are weighed by their rows, it counts for a twentieth.
_HOPELESS = 5.0

_Masks = dict[tuple[int, Allowed], NDArray[np.bool_]]  # by the question's row


@dataclass(frozen=True)
class Hypothesis:
    """A token list with its log-probability; ``row`` is the question's row in the batch."""

    row: int
    outputs: tuple[int, ...] = ()
    score: float = 0.0
    grammar: Grammar = field(default_factory=Grammar)

    def tokens(self, features: QuestionFeatures) -> list[Token]:
        return [features.token(output) for output in self.outputs]


@torch.inference_mode()
def beam_search(
    model: Network,
    encoded: Encoded,
    batch: Sequence[QuestionFeatures],
    beams: int = 4,
    max_length: int = 80,
) -> list[list[Hypothesis]]:
    """The finished hypotheses of each question, best first, at most ``beams`` each.

    A question is done when ``beams`` hypotheses are finished and none unfinished can still overtake
    the worst of them, since scores only fall; or when all unfinished ones are far behind the best.
    """
    steps = model.start(encoded)
    live = [
        Hypothesis(row, grammar=Grammar(model.extended, features.schema.tables))
        for row, features in enumerate(batch)
    ]
    finished: list[list[Hypothesis]] = [[] for _ in batch]
    device = encoded.memory.device
    masks: _Masks = {}
    for place in range(min(max_length, model.sizes.max_tokens)):
        rows = torch.tensor([h.row for h in live], device=device)
        last = torch.tensor([h.outputs[-1] if h.outputs else _START for h in live], device=device)
        logits = steps.logits(rows, last, place)
        scores, outputs = _best_outputs(logits, _allowed(live, batch, masks), 2 * beams)
        live, parents = _advance(live, scores, outputs, batch, finished, beams)
        if not live:
            break
        steps.select(parents)
    for hypotheses in finished:
        hypotheses.sort(key=lambda h: -h.score)
    return finished


def _allowed(
    live: Sequence[Hypothesis], batch: Sequence[QuestionFeatures], known: _Masks
) -> Tensor:
    """[hypotheses, outputs] which outputs may come next; hypotheses share most of their masks."""
    widest = max(features.nodes for features in batch)
    rows = np.zeros((len(live), len(KEYWORDS) + widest), bool)
    for i, hypothesis in enumerate(live):
        key = (hypothesis.row, hypothesis.grammar.allowed())
        if key not in known:
            known[key] = batch[hypothesis.row].mask(key[1])
            known[key][-1] = False  # never the unknown value
        rows[i, : len(known[key])] = known[key]
    return torch.from_numpy(rows)


def _best_outputs(
    logits: Tensor, allowed: Tensor, count: int
) -> tuple[list[list[float]], list[list[int]]]:
    """The best allowed outputs of each hypothesis with their log-probabilities."""
    hidden = ~allowed.to(logits.device)
    scores = logits.float().masked_fill(hidden, -torch.inf).log_softmax(-1)
    best = scores.topk(min(count, scores.shape[-1]))
    return best.values.tolist(), best.indices.tolist()


def _advance(
    live: Sequence[Hypothesis],
    scores: Sequence[Sequence[float]],
    outputs: Sequence[Sequence[int]],
    batch: Sequence[QuestionFeatures],
    finished: list[list[Hypothesis]],
    beams: int,
) -> tuple[list[Hypothesis], list[int]]:
    """Advance every question's beam: the new hypotheses, and which one each continues."""
    options: list[list[tuple[float, int, int]]] = [[] for _ in batch]
    for i, hypothesis in enumerate(live):
        for score, output in zip(scores[i], outputs[i], strict=True):
            if score > -1e8:
                options[hypothesis.row].append((hypothesis.score + score, i, output))
    going: list[Hypothesis] = []
    parents: list[int] = []
    for row, row_options in enumerate(options):
        row_options.sort(key=lambda option: -option[0])
        kept = 0
        for score, parent, output in row_options:
            if kept == beams or _beaten(finished[row], score, beams):
                break
            if repeats(live[parent].outputs, output):
                continue
            if output == _END:
                done = (*live[parent].outputs, output)
                finished[row].append(Hypothesis(row, done, score))
                continue
            going.append(_extended(live[parent], output, score, batch[row]))
            parents.append(parent)
            kept += 1
    return going, parents


def _beaten(finished: Sequence[Hypothesis], score: float, beams: int) -> bool:
    """Whether a hypothesis cannot change the answer any more."""
    scores = sorted((h.score for h in finished), reverse=True)
    if not scores:
        return False
    return score < scores[0] - _HOPELESS or (len(scores) >= beams and score < scores[beams - 1])


def _extended(
    hypothesis: Hypothesis, output: int, score: float, features: QuestionFeatures
) -> Hypothesis:
    grammar = hypothesis.grammar.push(features.token(output))
    return Hypothesis(hypothesis.row, (*hypothesis.outputs, output), score, grammar)

"""What a model writes for questions, with the examples and hints that it can read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from text2sql.answering.examples import shown_examples
from text2sql.answering.service import Service
from text2sql.databases import Database
from text2sql.generators.base import (
    Batching,
    Calibrated,
    Candidate,
    Generator,
    Options,
    Prompted,
    ReadsExamples,
    Weighted,
)
from text2sql.generators.confidence import Confidence
from text2sql.prompt import with_evidence

__all__ = ["Written", "model_name", "write"]


@dataclass(frozen=True)
class Written:
    """The candidates of each question, in ``seconds`` each; the model may be unloaded since.

    ``model`` is its name, with the digest of its weights if it has any.
    """

    candidates: list[list[Candidate]]
    seconds: float
    model: str
    confidence: Confidence | None


def write(
    generator: Generator,
    questions: Sequence[str],
    database: Database,
    options: Options,
    service: Service,
) -> Written:
    """Let ``generator`` write the candidates of each question."""
    started = time.perf_counter()
    read = questions
    if isinstance(generator, Prompted):
        read = [with_evidence(question, service.evidence) for question in questions]
    if service.examples and isinstance(generator, ReadsExamples):
        written = [
            generator.generate_after(
                shown_examples(question, service.examples), text, database, options
            )
            for question, text in zip(questions, read, strict=True)
        ]
    elif len(questions) > 1 and isinstance(generator, Batching):
        written = generator.generate_all(read, database, options)
    else:
        written = [generator.generate(text, database, options) for text in read]
    each_s = (time.perf_counter() - started) / max(1, len(questions))
    known = generator.confidence if isinstance(generator, Calibrated) else None
    return Written(written, each_s, model_name(generator), known)


def model_name(generator: Generator) -> str:
    """Return the generator's name, with the digest of its weights if it has any."""
    if isinstance(generator, Weighted):
        return f"{generator.name}@{generator.weights}"
    return generator.name

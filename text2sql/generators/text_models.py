"""The choice of a backend for a text generator: the requested one, or the fastest here."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from text2sql.errors import ModelError
from text2sql.generators.base import Generator
from text2sql.generators.checkpoint import Checkpoint
from text2sql.generators.choice import ModelChoice

__all__ = ["load_text_generator"]


def load_text_generator(choice: ModelChoice) -> Generator:
    """Load the model of ``choice``, merge its adapter, and convert it if the backend needs that.

    Raises:
        ModelError: the files are missing or do not match, or the backend cannot be used.
    """
    checkpoint = Checkpoint.find(choice.model, choice.base, choice.adapter)
    _ = checkpoint.folders  # report missing files before anything slow
    if checkpoint.kind == "causal":
        return _load_causal(choice, checkpoint)
    if _backend(choice) == "ctranslate2":
        from text2sql.generators.ctranslate import CTranslateGenerator

        with _Bar() as bar:
            return CTranslateGenerator.load(checkpoint, choice.constrained, progress=bar)
    from text2sql.generators.seq2seq import Seq2SeqGenerator

    return Seq2SeqGenerator.load(checkpoint, choice.constrained)


def _load_causal(choice: ModelChoice, checkpoint: Checkpoint) -> Generator:
    from text2sql.generators.causal import CausalGenerator

    if choice.backend == "ctranslate2":
        raise ModelError(
            f"{choice.model!r} is a decoder-only model, which only transformers can serve; "
            "leave out --backend."
        )
    return CausalGenerator.load(checkpoint, choice.constrained)


def _backend(choice: ModelChoice) -> str:
    """Choose the backend; on a CPU, CTranslate2's int8 is nearly twice as fast as torch's bf16."""
    import torch

    if choice.backend not in ("auto", "transformers", "ctranslate2"):
        raise ModelError(
            f"There is no backend {choice.backend!r}; choose auto, transformers or ctranslate2."
        )
    if choice.backend != "auto":
        return choice.backend
    on_cpu = not torch.cuda.is_available() and find_spec("ctranslate2") is not None
    return "ctranslate2" if on_cpu else "transformers"


class _Bar:
    """Show a progress bar on standard error while a model is converted."""

    def __init__(self) -> None:
        from tqdm import tqdm

        self._tqdm = tqdm
        self._bar: Any = None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = self._tqdm(total=total, unit="step", leave=False)
        self._bar.set_description(f"{what}, once for CTranslate2")
        self._bar.update(done - self._bar.n)

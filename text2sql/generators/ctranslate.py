"""T5 models on CTranslate2, for CPUs; they are converted once and kept in the cache folder.

CTranslate2 has no hook for constrained decoding, so the constraint is applied after the search:
candidates that satisfy it come first.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, Self

import torch
from filelock import FileLock
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from text2sql.atomic import new_folder
from text2sql.cache import cache_folder
from text2sql.databases import Database
from text2sql.errors import ModelError, SaveError
from text2sql.extras import DISTRIBUTION
from text2sql.generators.base import Candidate, Options
from text2sql.generators.checkpoint import Checkpoint
from text2sql.generators.text import TextGenerator

__all__ = ["CTranslateGenerator", "Quantization", "convert"]

Quantization = Literal["int8", "float32"]
#: Receives the current step, and the numbers of finished steps and of all steps.
ConversionProgress = Callable[[str, int, int], None]
_STEPS = ("Loading the model", "Converting its weights", "Writing them to the cache")


class CTranslateGenerator(TextGenerator):
    """Writes SQL with a converted T5. Thread-safe: calls wait for each other."""

    def __init__(
        self,
        translator: Any,
        tokenizer: PreTrainedTokenizerBase,
        name: str = "ctranslate2",
        constrained: bool = True,
        folder: Path | None = None,
        weights: str = "unsaved",
    ) -> None:
        super().__init__(tokenizer, name, folder, weights)
        self.translator = translator
        self.constrained = constrained
        self.nbytes = 0

    @classmethod
    def load(
        cls,
        checkpoint: Checkpoint,
        constrained: bool = True,
        quantization: Quantization = "int8",
        progress: ConversionProgress = lambda what, done, total: None,
    ) -> Self:
        """Load the model, and convert it first if necessary.

        Raises:
            ModelError: the files are missing, do not match, or cannot be written.
        """
        try:
            import ctranslate2  # type: ignore[import-untyped]
        except ImportError as error:
            raise ModelError(
                f"CTranslate2 is not installed; run pip install '{DISTRIBUTION}[flan]', or use "
                "--backend transformers."
            ) from error
        folder = convert(checkpoint, quantization, progress)
        threads = int(os.environ.get("OMP_NUM_THREADS", "0") or 0)  # 0: CTranslate2 decides
        translator = ctranslate2.Translator(
            str(folder), device="cpu", compute_type=quantization, intra_threads=threads
        )
        base, adapter = checkpoint.folders
        tokenizer = AutoTokenizer.from_pretrained(folder)
        name, weights = checkpoint.name, checkpoint.weights
        model = cls(translator, tokenizer, name, constrained, adapter or base, weights)
        model.nbytes = sum(path.stat().st_size for path in folder.iterdir())
        return model

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        """Return candidates for ``question``, best first; those that satisfy the constraint lead.

        Scores are log-probabilities per token.
        """
        tokens = self.tokenizer.convert_ids_to_tokens(self.encode(question, database))
        with self.lock:
            found = self.translator.translate_batch(
                [tokens],
                beam_size=options.beams,
                num_hypotheses=options.beams,
                max_decoding_length=options.max_length - 1,  # without the start token
                max_input_length=0,  # the prompt was fitted already
                length_penalty=1,
                return_scores=True,
            )[0]
            # unused rows of the embeddings have generated names
            known = self.tokenizer.get_vocab()
            outputs = [[known[t] for t in h if t in known] for h in found.hypotheses]
            candidates = self.candidates(outputs, self._per_token(found), question)
            if not self.constrained:
                return candidates
            accepts = self.constraint(database.schema).automaton.accepts
            return sorted(candidates, key=lambda candidate: not accepts(candidate.sql))

    @staticmethod
    def _per_token(found: Any) -> list[float]:
        return [float(score) for score in found.scores]


def convert(
    checkpoint: Checkpoint,
    quantization: Quantization = "int8",
    progress: ConversionProgress = lambda what, done, total: None,
) -> Path:
    """Return the folder of the converted model in the cache, converted if necessary.

    The folder appears when it is complete; concurrent processes convert it only once.

    Raises:
        ModelError: the model cannot be loaded, or the cache cannot be written.
    """
    folder = cache_folder() / "ctranslate2" / _key(checkpoint, quantization)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if not (folder / "model.bin").is_file():
                _convert(checkpoint, quantization, folder, progress)
    except (OSError, SaveError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.__cause__
        raise ModelError(
            f"The converted model cannot be kept in {str(folder)!r} ({reason or error}); "
            "make room there, name another cache with TEXT2SQL_CACHE_DIR, or use "
            "--backend transformers."
        ) from error
    return folder


def _key(checkpoint: Checkpoint, quantization: str) -> str:
    """Return a name that depends on the weights and on the release of the converter."""
    files = [
        (str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns)
        for folder in checkpoint.folders
        if folder is not None
        for path in sorted(folder.iterdir())
        if path.suffix in (".safetensors", ".bin", ".json")
    ]
    made_of = json.dumps([files, quantization, metadata.version("ctranslate2")])
    digest = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    return f"{Path(checkpoint.adapter or checkpoint.base).name}-{quantization}-{digest}"


def _convert(
    checkpoint: Checkpoint, quantization: Quantization, folder: Path, progress: ConversionProgress
) -> None:
    progress(_STEPS[0], 0, len(_STEPS))
    tokenizer = checkpoint.load_tokenizer()
    dtype = torch.bfloat16 if quantization == "int8" else torch.float32
    # the model is freed before its weights are quantized one by one
    spec = _specification(checkpoint.load_model(dtype), tokenizer)
    progress(_STEPS[1], 1, len(_STEPS))
    spec.validate()
    spec.optimize(quantization=quantization)
    progress(_STEPS[2], 2, len(_STEPS))
    with new_folder(folder) as part:
        spec.save(str(part))
        tokenizer.save_pretrained(part)
    progress(_STEPS[2], 3, len(_STEPS))


def _specification(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Any:
    """Return CTranslate2's specification of a model, as its own converter makes it.

    CTranslate2 scales the decoder's output if embeddings are tied. transformers 5 marks every T5 as
    tied and has a separate flag for scaling. Without this correction, Flan-T5's logits are scaled
    down, which changes beam search but not greedy search.
    """
    from ctranslate2.converters.transformers import T5Loader  # type: ignore[import-untyped]

    config: Any = model.config
    config.tie_word_embeddings = config.scale_decoder_outputs
    config.decoder_start_token_id = tokenizer.pad_token_id
    with torch.no_grad():
        return T5Loader()(model, tokenizer)

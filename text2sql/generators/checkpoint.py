"""The checkpoint of a text generator: a base model with its merged adapter."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.digests import weights_digest
from text2sql.errors import ModelError
from text2sql.generators.model_folder import (
    FLAN_ADAPTER,
    FLAN_BASE,
    fetch_model,
    first_line,
    is_hub_id,
)

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["FLAN_T5_LARGE", "NO_ADAPTER", "Checkpoint"]

#: The reference system's name for ``--model``.
FLAN_T5_LARGE = "flan-t5-large"
#: The value of ``--adapter`` for a base without an adapter.
NO_ADAPTER = "none"


@dataclass(frozen=True)
class Checkpoint:
    """A base model and an optional adapter for it, as hub ids or local folders."""

    base: str
    adapter: str | None = None
    name: str = field(default="", compare=False)

    @classmethod
    def find(cls, model: str, base: str | None = None, adapter: str | None = None) -> Checkpoint:
        """Combine ``--model``, ``--base`` and ``--adapter``.

        ``model`` is ``flan-t5-large``, or a hub id or folder of an adapter or a whole model.

        Raises:
            ModelError: the files are missing, or the three contradict each other.
        """
        wanted = None if adapter == NO_ADAPTER else adapter
        if model == FLAN_T5_LARGE:
            return cls(base or FLAN_BASE, wanted if adapter else FLAN_ADAPTER, model)
        folder = fetch_model(model, (model,))
        if not (folder / "adapter_config.json").is_file():
            if base is not None:
                raise ModelError(
                    f"{model!r} is a whole model and takes no other base; "
                    "leave out --base or --model."
                )
            return cls(model, wanted, model)
        if adapter is not None:
            raise ModelError(
                f"{model!r} is an adapter itself; name one adapter, with --model or --adapter."
            )
        return cls(base or _declared_base(folder, model), model, model)

    @cached_property
    def folders(self) -> tuple[Path, Path | None]:
        """The folders of the base and of the adapter, downloaded from the hub if necessary.

        Raises:
            ModelError: one of them is not available, neither locally nor from the hub.
        """
        needed = (self.base,) if self.adapter is None else (self.base, self.adapter)
        adapter = None if self.adapter is None else fetch_model(self.adapter, needed)
        if adapter is not None:
            if not (adapter / "adapter_config.json").is_file():
                raise ModelError(
                    f"{self.adapter!r} contains no adapter (adapter_config.json is missing); "
                    "name another one with --adapter, or --adapter none."
                )
            self._check_base(adapter)
        return fetch_model(self.base, needed), adapter

    @property
    def weights(self) -> str:
        """The ``weights_digest`` of base and adapter; all files are read.

        Raises:
            ModelError: as for ``folders``.
        """
        return weights_digest(*(folder for folder in self.folders if folder is not None))

    def _check_base(self, adapter: Path) -> None:
        declared = _declared_base(adapter, str(self.adapter))
        comparable = is_hub_id(declared) and is_hub_id(self.base)
        if comparable and declared.lower() != self.base.lower():
            raise self._other_base(declared)

    def _other_base(self, declared: str) -> ModelError:
        return ModelError(
            f"The adapter {self.adapter!r} was trained for the base {declared!r}, not for "
            f"{self.base!r}; name its own base with --base, or another adapter with --adapter."
        )

    def load_tokenizer(self) -> PreTrainedTokenizerBase:
        """The adapter's tokenizer, which may have additional tokens, or else the base's.

        Raises:
            ModelError: there is none.
        """
        from transformers import AutoTokenizer

        base, adapter = self.folders
        own = adapter is not None and (adapter / "tokenizer.json").is_file()
        folder = adapter if own else base
        try:
            tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"{str(folder)!r} has no readable tokenizer ({first_line(error)}); "
                "add the tokenizer.json of its base."
            ) from error
        return tokenizer

    @cached_property
    def kind(self) -> str:
        """``seq2seq`` for T5, ``causal`` for a decoder-only model.

        Raises:
            ModelError: the base is neither, or its type is unknown.
        """
        folder = self.folders[0]
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            model_type = config.get("model_type")
            architectures = config.get("architectures") or [""]
        except (OSError, ValueError, AttributeError) as error:
            raise self._not_loaded(error) from error
        if model_type in ("t5", "mt5"):
            return "seq2seq"
        if str(architectures[0]).endswith("ForCausalLM"):
            return "causal"
        raise ModelError(
            f"{self.base!r} is a model of type {model_type!r}; supported are T5 models, such as "
            "google/flan-t5-large, and decoder-only models with a chat template."
        )

    def load_model(self, dtype: torch.dtype | None = None) -> PreTrainedModel:
        """Load the base and merge the adapter layer by layer, in ``dtype`` (default: fp32).

        Weights are converted to ``dtype`` while they are read, to save memory.

        Raises:
            ModelError: the weights are damaged, of another kind, or do not match.
        """
        import torch
        import transformers
        from safetensors import SafetensorError

        from text2sql.generators.tensors import give_back_memory

        base, adapter = self.folders
        seq2seq = self.kind == "seq2seq"
        name = "AutoModelForSeq2SeqLM" if seq2seq else "AutoModelForCausalLM"
        try:
            model = _load_base(getattr(transformers, name), base, dtype or torch.float32)
        except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
            raise self._not_loaded(error) from error
        merged: Any = model if adapter is None else self._merge(model, adapter)
        served: PreTrainedModel = merged.eval()
        give_back_memory()
        return served

    def _not_loaded(self, error: BaseException) -> ModelError:
        return ModelError(
            f"The model {self.base!r} cannot be loaded ({first_line(error)}); "
            "download it again, or name another one with --base."
        )

    def _merge(self, model: Any, adapter: Path) -> Any:
        from peft import PeftModel
        from safetensors import SafetensorError

        if self.kind == "seq2seq":
            from text2sql.generators.t5 import declare_untied_output

            declare_untied_output(model)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("error", message=".*missing adapter keys.*")
                adapted = PeftModel.from_pretrained(model, adapter)
        except (RuntimeError, ValueError, KeyError, UserWarning) as error:
            raise self._other_base(_declared_base(adapter, str(self.adapter))) from error
        except (OSError, SafetensorError) as error:
            raise ModelError(
                f"The adapter {self.adapter!r} cannot be loaded ({first_line(error)}); "
                "download it again, or name another one with --adapter."
            ) from error
        try:
            with warnings.catch_warnings():
                # Flan-T5's weights never were tied; see declare_untied_output
                warnings.filterwarnings("ignore", message=".*no longer tied after merging.*")
                return adapted.merge_and_unload(safe_merge=True)
        except ValueError as error:  # safe_merge found NaNs
            raise ModelError(
                f"The adapter {self.adapter!r} is damaged ({first_line(error)}); "
                "download it again, or train it again."
            ) from error


def _load_base(auto: Any, folder: Path, dtype: torch.dtype) -> Any:
    """Load the model in ``folder`` with the class that ``auto`` selects."""
    from transformers import AutoConfig

    from text2sql.generators.tensors import read_tensors

    tensors = read_tensors(folder, dtype)
    if tensors is None:
        return auto.from_pretrained(folder, dtype=dtype)
    config: Any = AutoConfig.from_pretrained(folder)
    cls = auto._model_mapping[type(config)]
    model = cls.from_pretrained(None, config=config, state_dict=tensors, dtype=dtype)
    model.name_or_path = model.config.name_or_path = str(folder)
    return model


def _declared_base(adapter: Path, name: str) -> str:
    """Read the base that an adapter declares."""
    try:
        config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
        declared = config["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"The adapter {name!r} does not declare its base ({first_line(error)}); "
            "its adapter_config.json needs base_model_name_or_path."
        ) from error
    return str(declared)

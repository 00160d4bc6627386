"""The pocket network as a model of transformers, for training and for adapters."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from torch import nn
from transformers import PretrainedConfig, PreTrainedModel

from text2sql.atomic import new_file
from text2sql.generators.pocket.network import WEIGHTS, Network, Sizes
from text2sql.generators.pocket.weights import save_weights

__all__ = ["PocketConfig", "PocketModel"]


class PocketConfig(PretrainedConfig):  # type: ignore[no-untyped-call]
    """The ``Sizes`` of a network as a configuration of transformers."""

    model_type = "pocket"

    def __init__(self, **kwargs: Any) -> None:
        for size in fields(Sizes):
            setattr(self, size.name, kwargs.pop(size.name, size.default))
        super().__init__(**kwargs)

    @property
    def sizes(self) -> Sizes:
        return Sizes(**{size.name: getattr(self, size.name) for size in fields(Sizes)})


class PocketModel(Network, PreTrainedModel):  # type: ignore[no-untyped-call]
    """The network as a model that transformers saves and peft adapts."""

    config_class = PocketConfig
    config: PocketConfig

    def __init__(self, config: PocketConfig) -> None:
        PreTrainedModel.__init__(self, config)
        self._build(config.sizes)
        self.post_init()  # type: ignore[no-untyped-call]

    @classmethod
    def from_pretrained(cls, folder: str | Path, *args: object, **kwargs: Any) -> PocketModel:  # type: ignore[override]
        """The model of a folder that ``save_pretrained`` wrote, ready for use.

        ``kwargs`` change its configuration, as in ``dropout=0.1``. It is for training: the grammar
        allows the whole language, even keywords that the weights have not learned yet.

        Raises:
            ModelError: the folder's weights are missing, damaged or have another shape.
        """
        model = cls(PocketConfig.from_pretrained(folder, **kwargs)).fill(Path(folder))
        model.extended = True
        return model

    def save_pretrained(self, folder: str | Path, *args: object, **kwargs: object) -> None:  # type: ignore[override]
        """Write ``config.json`` and the weights, with matrices in 8 bits."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        with new_file(Path(folder) / "config.json") as part:
            self.config.to_json_file(part)
        save_weights(self.state_dict(), Path(folder) / WEIGHTS)

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.1)
        if module is self:
            for table in (self.relations, self.cells):
                nn.init.normal_(table.weight, std=0.01)
            nn.init.zeros_(self.likeness.weight)
            nn.init.constant_(self.mentioned.bias, -3.0)

"""The pocket model's weights on disk: 8-bit matrices with a scale for each row, in safetensors.

Each row of a matrix is divided by its largest magnitude over 127 and rounded; everything else is
stored as 16-bit floats. The file is a quarter of its 32-bit size.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from text2sql.atomic import new_file

__all__ = ["load_weights", "save_weights"]

_SCALE = ".scale"


def save_weights(state: Mapping[str, Tensor], path: Path) -> None:
    """Write ``state`` to ``path`` atomically.

    Raises:
        SaveError: it cannot be written.
    """
    stored: dict[str, Tensor] = {}
    for name, tensor in state.items():
        tensor = tensor.detach().cpu()
        if tensor.ndim == 2:
            scale = tensor.float().abs().amax(1).clamp(min=1e-8) / 127
            stored[name] = (tensor.float() / scale[:, None]).round().to(torch.int8)
            stored[name + _SCALE] = scale
        else:
            stored[name] = tensor.half().contiguous()
    with new_file(path) as part:
        save_file(stored, part, metadata={"format": "pt"})


def load_weights(path: Path) -> dict[str, Tensor]:
    """Read the 32-bit state that ``save_weights`` wrote."""
    stored = load_file(path)
    return {
        name: tensor.float() * stored[name + _SCALE][:, None]
        if name + _SCALE in stored
        else tensor.float()
        for name, tensor in stored.items()
        if not name.endswith(_SCALE)
    }

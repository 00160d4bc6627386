"""The command ``python -m train.gguf FILE FOLDER``, which unpacks a .gguf file to train on.

Quantized weights become float32. The command needs the package gguf.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from text2sql.errors import ModelError
from text2sql.terminal import reports_errors

__all__ = ["main", "unpack"]


def unpack(file: Path, folder: Path) -> None:
    """Write the model and tokenizer in ``file`` to ``folder``.

    Raises:
        ModelError: the package gguf is missing, or the file cannot be read.
    """
    if find_spec("gguf") is None:
        raise ModelError("Reading a .gguf file needs the package gguf: pip install gguf.")
    if not file.is_file():
        raise ModelError(f"There is no file {str(file)!r}; check the path.")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
        model: Any = AutoModelForCausalLM.from_pretrained(
            file.parent, gguf_file=file.name, dtype="float32"
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{str(file)!r} cannot be read ({str(error)[:200]}).") from error
    # the weights are float32 now, but the library would not save a model marked as quantized
    model.hf_quantizer, model.is_quantized = None, False
    del model.config.quantization_config
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


@reports_errors
def main(argv: Sequence[str] | None = None) -> int:
    """Unpack the file; return 2 if it cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m train.gguf", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="a .gguf file")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the model folder to write")
    args = parser.parse_args(argv)
    unpack(args.file, args.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

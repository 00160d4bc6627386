"""The average of several pocket models' weights: ``python -m train.pocket.soup``.

Runs from the same start with different seeds make different errors. The average of their weights
makes fewer than any of them (model soups, Wortsman et al., ICML 2022), at the cost of one model.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from text2sql.errors import ModelError
from text2sql.terminal import reports_errors

if TYPE_CHECKING:
    from text2sql.generators.pocket.model import PocketModel

__all__ = ["main", "mix"]

_EXAMPLE = """
example:
  python -m train.pocket.soup runs/one runs/other --out runs/soup
"""


@reports_errors
def main(argv: Sequence[str] | None = None) -> int:
    """Write the average of the models; return 2 if they cannot be averaged."""
    parser = argparse.ArgumentParser(
        prog="python -m train.pocket.soup",
        description=__doc__,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("models", nargs="+", type=Path, metavar="FOLDER", help="pocket models")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the new model")
    args = parser.parse_args(argv)
    mix(args.models, args.out)
    print(f"The mean of {len(args.models)} models is in {args.out}.")
    return 0


def mix(folders: Sequence[Path], out: Path) -> None:
    """Write the average of the models in ``folders`` to ``out``, with the tokenizer of the first.

    Raises:
        ModelError: one of them is not a pocket model, or has other sizes than the first.
    """
    from train.pocket.minilm import copy_tokenizer

    if out.resolve() in [folder.resolve() for folder in folders]:
        raise ModelError(f"{str(out)!r} is one of the models; name another folder for the mean.")
    models = [_read(folder) for folder in folders]
    states = [model.state_dict() for model in models]
    for folder, model in zip(folders, models, strict=True):
        if replace(model.sizes, dropout=0) != replace(models[0].sizes, dropout=0):
            raise ModelError(
                f"The model in {str(folder)!r} has other sizes than that in {str(folders[0])!r}; "
                "average runs from the same start."
            )
    mean = {name: sum(s[name] for s in states) / len(states) for name in states[0]}
    copy_tokenizer(folders[0], out)
    models[0].load_state_dict(mean)
    models[0].save_pretrained(out)


def _read(folder: Path) -> PocketModel:
    from text2sql.generators.pocket.model import PocketModel

    try:
        return PocketModel.from_pretrained(folder)
    except (OSError, ValueError) as error:  # its config.json is missing or broken
        raise ModelError(
            f"{str(folder)!r} does not hold a pocket model; name the folder of a run."
        ) from error


if __name__ == "__main__":
    sys.exit(main())

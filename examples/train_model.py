"""Train a model from a recipe, and ask it: python examples/train_model.py RUN.

Needs pip install 'WHEEL[train]'.

The recipe tiny learns the bundled samples by heart with a small random T5, in minutes on a CPU.
Spider's recipes (flan-t5-large-lora, pocket) take `--spider-dir` in the same way.
"""

import sys
from pathlib import Path

from text2sql import Catalog, Text2SQL
from train.__main__ import main as train


def run(out: Path, *settings: str) -> str:
    """The SQL that the trained model writes for a question that it was trained on."""
    flags = [flag for setting in settings for flag in ("--set", setting)]
    status = train(["--recipe", "tiny", "--out", str(out), *flags])
    if status != 0:
        sys.exit(status)
    model = Text2SQL(str(out / "model"))
    return model.ask("How many flights were cancelled?", Catalog.open().get("airline")).sql


if __name__ == "__main__":
    print(run(Path(sys.argv[1] if len(sys.argv) > 1 else "runs/tiny"), *sys.argv[2:]))

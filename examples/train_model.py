"""Training from a recipe, and a question to the trained model: python examples/train_model.py RUN.

Needs pip install 'WHEEL[train]'. The recipe tiny makes a small random T5 memorize the bundled
samples, in minutes on a CPU. The recipes for Spider (flan-t5-large-lora, pocket) also take
`--spider-dir`.
"""

import sys
from pathlib import Path

from text2sql import Catalog, Text2SQL
from train.__main__ import main as train


def run(out: Path, *settings: str) -> str:
    """Train, and return the model's SQL for a question of its training data."""
    flags = [flag for setting in settings for flag in ("--set", setting)]
    status = train(["--recipe", "tiny", "--out", str(out), *flags])
    if status != 0:
        sys.exit(status)
    model = Text2SQL(str(out / "model"))
    return model.ask("How many flights were cancelled?", Catalog.open().get("airline")).sql


if __name__ == "__main__":
    print(run(Path(sys.argv[1] if len(sys.argv) > 1 else "runs/tiny"), *sys.argv[2:]))

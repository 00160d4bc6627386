"""``python -m text2sql.samples [--out DIR]`` rebuilds the bundled sample databases."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from text2sql.samples import SAMPLES
from text2sql.samples.layout import DEFAULT_FOLDER, write_layout


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m text2sql.samples", description=__doc__)
    parser.add_argument("--out", type=Path, default=DEFAULT_FOLDER, help="where to write them")
    for line in write_layout(SAMPLES, parser.parse_args(argv).out):
        print(line)


if __name__ == "__main__":
    main()

"""The command ``text2sql train --recipe NAME --out RUN``, which trains a model from a recipe.

For several GPUs or machines, start ``-m train`` with ``torchrun`` or ``accelerate launch``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.atomic import is_disk_full
from text2sql.errors import Text2SQLError
from text2sql.extras import named_extra
from train.config import (
    RecipeError,
    RecipeFile,
    build_recipe,
    read_recipe_file,
    recipe_names,
    with_settings,
)

if TYPE_CHECKING:
    from train.run import TrainingRun

EPILOG = """\
recipes:
{recipes}

examples:
  text2sql train --recipe tiny
  text2sql train --recipe flan-t5-large-lora --spider-dir ~/spider --out runs/large
  text2sql train --recipe flan-t5-large-lora --out runs/large --resume
  text2sql train --recipe my-recipe.json --set epochs=3 --set lora.r=8
  torchrun --nproc-per-node 2 -m train --recipe flan-t5-large-lora
"""


def build_parser() -> argparse.ArgumentParser:
    """Build the parser; it imports no heavy package."""
    recipes = "\n".join(f"  {n:26}{read_recipe_file(n).about}" for n in recipe_names())
    parser = argparse.ArgumentParser(
        prog="text2sql train",
        description="Train a model from a recipe.",
        epilog=EPILOG.format(recipes=recipes),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--recipe", required=True, metavar="NAME", help="a recipe listed below, or a JSON file")
    add(
        "--spider-dir",
        type=Path,
        metavar="DIR",
        help="folder that holds Spider's tables.json "
        "(default: TEXT2SQL_SPIDER_DIR, else the downloaded one)",
    )
    add(
        "--data",
        type=Path,
        metavar="FILE",
        help="train a text model on your own questions: JSON lines of question, sql, and database "
        "(a SQLite file) or ddl (CREATE TABLE); a tenth is held out",
    )
    add("--out", type=Path, metavar="RUN", help="folder for all output (default: runs/NAME)")
    add("--resume", action="store_true", help="continue the run in --out after a stop")
    add(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="KEY=VALUE",
        help="change a key of the recipe, as in epochs=3 or lora.r=8; may be repeated",
    )
    add("--track", choices=("tensorboard", "trackio"), help="log to one of these as well")
    add("--push-to-hub", metavar="USER/NAME", help="upload the trained model")
    _add_pocket(parser)
    return parser


def _add_pocket(parser: argparse.ArgumentParser) -> None:
    """Add the flags that only the pocket recipes take."""
    add = parser.add_argument
    add(
        "--rewordings",
        type=Path,
        metavar="FILE",
        help="recipe pocket: Spider-Syn's training questions, for other wordings and synonyms",
    )
    add(
        "--bird",
        type=Path,
        metavar="DIR",
        help="recipe pocket: BIRD's training questions, to train on as well (see train/bird.py)",
    )
    add(
        "--wordnet",
        type=Path,
        metavar="DIR",
        help="recipe pocket: WordNet's files, for more synonyms (Debian: /usr/share/wordnet)",
    )
    add(
        "--check",
        type=Path,
        metavar="FILE",
        help="recipe pocket-corrections: questions with gold SQL that should stay right "
        "(default: those of the samples)",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one recipe; return 0, or 2 after an error that the message explains."""
    args = build_parser().parse_args(argv)
    try:
        recipe_file = read_recipe_file(args.recipe)
        values = with_settings(recipe_file.values, args.settings)
        if args.data is not None:
            values["data"] = str(args.data)
        out = args.out or Path("runs") / recipe_file.name
        _check_out(out, args.resume)
        train = _train_pocket if recipe_file.trainer == "pocket" else _train_text
        with named_extra("train"):
            train(recipe_file, values, out, args)
    except Text2SQLError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        if not is_disk_full(error, Path.cwd()):
            raise
        print("error: The disk is full; free some space and use --resume.", file=sys.stderr)
        return 2
    return 0


def _check_out(out: Path, resume: bool) -> None:
    held = (out / "manifest.json").is_file()
    if held and not resume and int(os.environ.get("RANK", "0")) == 0:
        raise RecipeError(
            f"{str(out)!r} holds a run already; continue it with --resume, or name another --out."
        )
    if not held and resume:
        raise RecipeError(f"There is no run in {str(out)!r} to resume; leave out --resume.")


def _train_text(
    recipe_file: RecipeFile, values: dict[str, Any], out: Path, args: argparse.Namespace
) -> None:
    from train.config import CausalRecipe, Seq2SeqRecipe

    causal = recipe_file.trainer == "causal"
    recipe = build_recipe(CausalRecipe if causal else Seq2SeqRecipe, values)
    for flag in ("rewordings", "bird", "wordnet"):
        if getattr(args, flag) is not None:
            raise RecipeError(f"--{flag} belongs to the recipe pocket; leave it out.")
    _check_tracker(args.track)
    from transformers.utils import logging

    from train.hub import check_push, push

    library_log: Any = logging  # untyped
    library_log.set_verbosity_error()
    library_log.disable_progress_bar()  # one per file saved; the run's own bar stays
    if args.push_to_hub:
        check_push(args.push_to_hub, recipe)
    run = _run_class(causal)(
        recipe_file.name, recipe, args.spider_dir, out, args.track, args.push_to_hub
    )
    result = run.run(args.resume)
    if not run.main:
        return
    for part, numbers in result.items():
        print(f"{part}: " + ", ".join(f"{k} {v:.1f}" for k, v in numbers.items()))
    print(f"It took {run.usage.sentence()}.")
    print(f"The model is in {run.model_folder}.")
    if args.push_to_hub:
        print(f"Pushed to {push(run.model_folder, args.push_to_hub)}.")


def _run_class(causal: bool) -> type[TrainingRun]:
    if causal:
        from train.causal import CausalRun

        return CausalRun
    from train.seq2seq import Seq2SeqRun

    return Seq2SeqRun


def _check_tracker(track: str | None) -> None:
    from importlib.util import find_spec

    if track is not None and find_spec(track) is None:
        raise RecipeError(f"--track {track} needs a package of that name: pip install {track}.")


def _train_pocket(
    recipe_file: RecipeFile, values: dict[str, Any], out: Path, args: argparse.Namespace
) -> None:
    from text2sql.databases import spider_folder
    from text2sql.errors import DataError
    from train.pocket.recipe import PocketRecipe

    recipe = build_recipe(PocketRecipe, values)
    for flag in ("track", "push_to_hub"):
        if getattr(args, flag):
            raise RecipeError(f"The recipe {recipe_file.name!r} has no --{flag.replace('_', '-')}.")
    if recipe.data is not None and recipe.start is None:
        raise RecipeError(
            f"The recipe {recipe_file.name!r} has no --data; to train the bundled model on your "
            "own questions, use --recipe pocket-corrections."
        )
    if recipe.data is not None:
        from train.pocket.corrections import tune

        print(tune(recipe, Path(recipe.data).expanduser(), args.check, args.spider_dir, out))
        return
    folder = spider_folder(args.spider_dir)
    if folder is None:
        raise DataError(
            "There is no Spider folder to train on; name it with --spider-dir, or run "
            "text2sql download spider."
        )
    from train.pocket.collection import gather, read_spider
    from train.pocket.trainer import PocketTrainer

    out.mkdir(parents=True, exist_ok=True)
    spider = read_spider(folder, args.rewordings, recipe.held_out, recipe.limit)
    collections = gather(spider, out / "data", recipe.asked > 0, args.bird)
    best = PocketTrainer(recipe, collections, out, args.rewordings, args.wordnet).run(args.resume)
    print(f"Right answers on the held-out databases: {best:.1f}%. The model is in {out}.")


if __name__ == "__main__":
    sys.exit(main())

"""The ablation of the pocket recipe: ``python -m train.pocket.ablation``.

It trains the whole recipe, and the recipe without one lever at a time, each for the same number of
steps with several seeds, and prints the exact set match on the held-out databases. A few hundred
steps are enough for runs that start from a trained model (--set start=FOLDER); from the text
encoder alone they teach almost nothing. Every run is a process of its own with one thread;
finished runs are not repeated.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from text2sql.arguments import positive
from text2sql.errors import Text2SQLError
from text2sql.terminal import format_table, reports_errors
from train.config import build_recipe, read_recipe_file, with_settings
from train.pocket.recipe import PocketRecipe

__all__ = ["LEVERS", "AblationError", "Lever", "Trial", "main", "table"]

_WHOLE = "all of them"
_SYN = "without Spider-Syn"


@dataclass(frozen=True)
class Lever:
    """A change to the recipe: its settings, and whether the run reads the rewordings."""

    settings: tuple[str, ...] = ()
    rewordings: bool = True


LEVERS: Mapping[str, Lever] = {
    _WHOLE: Lever(),
    _SYN: Lever(rewordings=False),
    "without variation": Lever(
        tuple(
            f"chances.{name}=0"
            for name in ("tables", "identifiers", "rename", "synonym", "value", "noise")
        )
    ),
    "without dropout": Lever(("dropout=0",)),
    "without averaging the weights": Lever(("average=0",)),
    "with all text layers learned": Lever(("frozen_layers=0",)),
}

_EXAMPLES = """
levers:
{levers}

examples:
  python -m train.pocket.ablation --rewordings train_spider_syn.json --set start=runs/pocket
  python -m train.pocket.ablation --spider-dir ~/spider --set start=runs/pocket --seeds 3 \\
      --levers "all of them" "without dropout"
"""


class AblationError(Text2SQLError):
    """A run of an ablation ended without a result."""


@dataclass(frozen=True)
class Trial:
    """One run: a lever and a seed."""

    lever: str
    seed: int
    folder: Path

    @property
    def exact_set(self) -> float:
        """Exact set match on the held-out databases, in percent."""
        manifest = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        return float(manifest["best"])


@reports_errors
def main(argv: Sequence[str] | None = None) -> int:
    """Make the missing runs and print the table; return 2 if a run fails."""
    parser = _parser()
    args = parser.parse_args(argv)
    if _SYN in (args.levers or ()) and not args.rewordings:
        parser.error(f"the lever {_SYN!r} needs --rewordings, which the other runs then have")
    trials = [
        Trial(lever, seed, args.out / f"{lever.replace(' ', '-')}-{seed}")
        for lever in dict.fromkeys(args.levers or LEVERS)
        if args.rewordings or lever != _SYN  # without the file, it would repeat the whole recipe
        for seed in range(args.seeds)
    ]
    _make(trials, args)
    print(table(trials))
    return 0


def _make(trials: Sequence[Trial], args: argparse.Namespace) -> None:
    from tqdm import tqdm

    missing = [trial for trial in trials if not _is_made(trial, _recipe(trial, args))]
    with ThreadPoolExecutor(args.workers) as pool:
        runs = pool.map(lambda trial: _train(trial, args), missing)
        for _ in tqdm(runs, total=len(missing), unit="run", disable=None):
            pass


def _settings(trial: Trial, args: argparse.Namespace) -> list[str]:
    return [
        *args.settings,
        "minutes=null",
        f"steps={args.steps}",
        f"seed={trial.seed}",
        "evaluations=1",
        f"judged={args.judged}",
        *LEVERS[trial.lever].settings,
    ]


def _recipe(trial: Trial, args: argparse.Namespace) -> PocketRecipe:
    values = read_recipe_file("pocket").values
    return build_recipe(PocketRecipe, with_settings(values, _settings(trial, args)))


def _is_made(trial: Trial, recipe: PocketRecipe) -> bool:
    """Whether the run is finished.

    Raises:
        AblationError: its folder holds a run with other settings.
    """
    manifest = trial.folder / "manifest.json"
    if not manifest.is_file():
        return False
    made = json.loads(manifest.read_text(encoding="utf-8"))["recipe"]
    if made == json.loads(json.dumps(asdict(recipe))):
        return True
    raise AblationError(
        f"{str(trial.folder)!r} holds a run with other settings; name another --out, or remove it."
    )


def _train(trial: Trial, args: argparse.Namespace) -> None:
    settings = _settings(trial, args)
    command = [sys.executable, "-m", "train", "--recipe", "pocket", "--out", str(trial.folder)]
    command += [part for setting in settings for part in ("--set", setting)]
    if args.spider_dir:
        command += ["--spider-dir", str(args.spider_dir)]
    if args.rewordings and LEVERS[trial.lever].rewordings:
        command += ["--rewordings", str(args.rewordings)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or "it printed no error").splitlines()[-1]
        raise AblationError(f"The run in {str(trial.folder)!r} failed: {last}")


def table(trials: Sequence[Trial]) -> str:
    """Format each lever's scores, their mean, and its difference from the whole recipe's mean."""
    found: dict[str, list[float]] = {}
    for trial in trials:
        found.setdefault(trial.lever, []).append(trial.exact_set)
    means = {lever: sum(scores) / len(scores) for lever, scores in found.items()}
    whole = means.get(_WHOLE)
    rows = [
        [
            lever,
            " ".join(f"{score:.1f}" for score in scores),
            f"{means[lever]:.1f}",
            "" if whole is None or lever == _WHOLE else f"{means[lever] - whole:+.1f}",
        ]
        for lever, scores in found.items()
    ]
    return format_table(["levers", "exact set match, by seed", "mean", "difference"], rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m train.pocket.ablation",
        description=__doc__,
        epilog=_EXAMPLES.format(levers="\n".join(f"  {name}" for name in LEVERS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_data(parser)
    _add_runs(parser)
    return parser


def _add_data(parser: argparse.ArgumentParser) -> None:
    """Add the flags that name files and folders."""
    add = parser.add_argument
    add("--spider-dir", type=Path, metavar="DIR", help="Spider's folder (default: as for train)")
    add(
        "--rewordings",
        type=Path,
        metavar="FILE",
        help=f"Spider-Syn's training questions (without them there is no run {_SYN!r})",
    )
    add(
        "--out",
        type=Path,
        default=Path("runs/ablation"),
        metavar="DIR",
        help="a folder for the runs (default: %(default)s)",
    )


def _add_runs(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say what is trained, how often and how long."""
    add = parser.add_argument
    add(
        "--levers",
        nargs="+",
        choices=list(LEVERS),
        metavar="LEVER",
        help="only these of the levers below (default: all)",
    )
    for flag, default, what in (
        ("--seeds", 2, "runs of each"),
        ("--steps", 250, "steps of each run"),
        ("--judged", 350, "held-out questions to ask"),
        ("--workers", os.cpu_count(), "runs at once"),
    ):
        add(
            flag,
            type=positive(int),
            default=default,
            metavar="N",
            help=f"{what} (default: %(default)s)",
        )
    add(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="KEY=VALUE",
        help="change a key of the recipe in all runs; may be repeated",
    )


if __name__ == "__main__":
    sys.exit(main())

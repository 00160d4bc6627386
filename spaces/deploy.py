"""Put the page on Hugging Face Spaces: assemble what a Space needs, check it, upload it.

Everything goes up in one commit, which also deletes what the Space no longer needs. With
--dry-run nothing is uploaded: the folder and a list of its files are written instead.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from hub import CPU, POCKET, ZERO, DeployError, Plan, planned, upload

ROOT = Path(__file__).resolve().parents[1]
_OUT = ROOT / "artifacts" / "space"
_COPIES = {
    "app.py": "app.py",
    "LICENSE": "LICENSE",
    "spaces/README.md": "README.md",
    "spaces/requirements.txt": "requirements.txt",
    "docs/ask-light.png": "thumbnail.png",
}
# nothing of the page uses the benchmarks
_NOT_NEEDED = ("text2sql/benchmark/",)
_KEPT = {
    True: "Feedback is kept in its bucket.",
    False: "Feedback is lost when the Space restarts; --bucket USER/NAME keeps it.",
}
_TORCH = re.compile(r"^torch==[\d.]+$", re.MULTILINE)
_ZERO_TORCH = "torch==2.11.0"  # the newest that ZeroGPU has
_PRELOAD = re.compile(r"^preload_from_hub:\n(?:[ ]+.*\n)+", re.MULTILINE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Assemble, check, upload; the exit status."""
    args = _parser().parse_args(arguments)
    try:
        if args.dry_run:
            folder = args.out or _OUT
            _make_room(folder)
            plan = Plan(args.space, args.hardware or ZERO, args.model or POCKET, args.bucket)
            plan = replace(plan, cpu_index=args.cpu_index)
            listing = _assemble_checked(folder, plan)
            _listing_of(folder).write_text(listing, encoding="utf-8")
            print(f"{listing}Written to {folder}; nothing was uploaded.")
            return 0
        plan = planned(args.space, args.hardware, args.model, args.bucket)
        plan = replace(plan, cpu_index=args.cpu_index)
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "space"
            _assemble_checked(folder, plan)
            print(upload(folder, plan))
        print(f"{plan.model} answers on {plan.hardware}. {_KEPT[plan.keeps]}")
    except (DeployError, OSError) as error:
        print(f"deploy.py: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python spaces/deploy.py", description=__doc__)
    parser.add_argument(
        "--space",
        type=_space,
        required=True,
        metavar="USER/NAME",
        help="the Space, made if needed",
    )
    parser.add_argument(
        "--hardware",
        metavar="NAME",
        help=f"{ZERO} for ZeroGPU, or another of the hub's names (default: as the Space has it; "
        f"for a new one {CPU[0]} where its owner has a subscription, else {ZERO}, which is also "
        "what --dry-run takes)",
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="what answers: pocket, which needs no GPU, flan-t5-large, or a name on the hub "
        f"(default: as the Space has it; {POCKET} for a new one)",
    )
    parser.add_argument(
        "--bucket",
        type=_space,
        metavar="USER/NAME",
        help="a bucket of the hub, made if needed, that keeps feedback when the Space restarts",
    )
    parser.add_argument(
        "--cpu-index",
        metavar="URL",
        help="PyTorch's index of builds without GPU libraries, whose address its installation page "
        "says: a CPU then installs 19 packages less",
    )
    parser.add_argument("--dry-run", action="store_true", help="write the folder, upload nothing")
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help=f"where --dry-run writes (default: {_OUT})"
    )
    return parser


def _space(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name on the hub; write it as USER/NAME")
    return text


# assembling


def _assemble_checked(folder: Path, plan: Plan) -> str:
    """Fill ``folder``; the list of what is in it.

    Raises:
        DeployError: what came together is no Space that would run.
    """
    from checks import problems, requirements

    assemble(folder, plan)
    pinned = str(requirements(ROOT / "requirements.txt")["gradio"].specifier).removeprefix("==")
    found = problems(folder, pinned)
    if found:
        raise DeployError("The Space would not run.\n" + "\n".join(f"- {one}" for one in found))
    return "".join(_listed(folder))


def assemble(folder: Path, plan: Plan) -> None:
    """Copy what a Space needs into ``folder``, which must not exist yet or be empty."""
    copies = _COPIES | {name: name for name in package_files()}
    for source, target in copies.items():
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / source, path)
    _fit_torch(folder / "requirements.txt", plan)
    readme = folder / "README.md"
    text = readme.read_text("utf-8").replace("USER/NAME", plan.space)  # of the thumbnail
    if plan.model != "flan-t5-large":  # 3 GB that nobody would read
        text = _PRELOAD.sub("", text)
    readme.write_text(text, encoding="utf-8")


def _fit_torch(file: Path, plan: Plan) -> None:
    """Name the build of torch that the hardware can use."""
    text = file.read_text("utf-8")
    if plan.hardware == ZERO:
        text = _TORCH.sub(_ZERO_TORCH, text)
    elif plan.hardware in CPU and plan.cpu_index is not None:
        text = f"--extra-index-url {plan.cpu_index}\n" + _TORCH.sub(r"\g<0>+cpu", text)
    file.write_text(text, encoding="utf-8")


def package_files() -> list[str]:
    """The files of ``text2sql`` that an installation would have: its code and package data."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = ["**/*.py", *project["tool"]["setuptools"]["package-data"]["text2sql"]]
    found = {path for pattern in patterns for path in (ROOT / "text2sql").glob(pattern)}
    names = (path.relative_to(ROOT).as_posix() for path in sorted(found) if path.is_file())
    hidden = re.compile(r"(^|/)(\.|__pycache__/)")
    return [n for n in names if not n.startswith(_NOT_NEEDED) and not hidden.search(n)]


def _listed(folder: Path) -> Iterator[str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        yield f"{path.stat().st_size:>12,}  {path.relative_to(folder).as_posix()}\n"
    total = sum(path.stat().st_size for path in files)
    yield f"{total:>12,}  in {len(files)} files\n"


def _listing_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.txt")


def _make_room(folder: Path) -> None:
    """Remove what an earlier run wrote there, which its listing beside it tells; nothing else.

    Raises:
        DeployError: the folder holds something else.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir() or not _listing_of(folder).is_file():
        raise DeployError(f"{str(folder)!r} holds something else; name another folder with --out.")
    shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())

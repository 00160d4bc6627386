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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_OUT = ROOT / "artifacts" / "space"
_COPIES = {
    "app.py": "app.py",
    "LICENSE": "LICENSE",
    "spaces/README.md": "README.md",
    "spaces/requirements.txt": "requirements.txt",
}
# nothing of the page uses the benchmarks
_NOT_NEEDED = ("text2sql/benchmark/",)
_PRELOAD = re.compile(r"^preload_from_hub:\n(?:[ ]+.*\n)+", re.MULTILINE)
_CPU = ("cpu-basic", "cpu-upgrade")


class DeployError(Exception):
    """A Space that cannot be assembled or uploaded; the message is for people."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Assemble, check, upload; the exit status."""
    args = _parser().parse_args(arguments)
    try:
        if args.dry_run:
            folder = args.out or _OUT
            _make_room(folder)
            listing = _assemble_checked(folder, args.hardware)
            _listing_of(folder).write_text(listing, encoding="utf-8")
            print(f"{listing}Written to {folder}; nothing was uploaded.")
            return 0
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "space"
            _assemble_checked(folder, args.hardware)
            print(upload(folder, args.space, args.hardware))
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
        help="zero-a10g for ZeroGPU, or another of the hub's names. On a GPU, flan-t5-large "
        "answers; else the pocket model does (default: as the Space has it, a CPU for a new one)",
    )
    parser.add_argument("--dry-run", action="store_true", help="write the folder, upload nothing")
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help=f"where --dry-run writes (default: {_OUT})"
    )
    return parser


def _space(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a Space; write it as USER/NAME")
    return text


# assembling


def _assemble_checked(folder: Path, hardware: str | None) -> str:
    """Fill ``folder``; the list of what is in it.

    Raises:
        DeployError: what came together is no Space that would run.
    """
    from checks import problems, requirements

    assemble(folder, has_gpu(hardware))
    pinned = str(requirements(ROOT / "requirements.txt")["gradio"].specifier).removeprefix("==")
    found = problems(folder, pinned)
    if found:
        raise DeployError("The Space would not run.\n" + "\n".join(f"- {one}" for one in found))
    return "".join(_listed(folder))


def has_gpu(hardware: str | None) -> bool:
    """Whether the hub's hardware of this name has a GPU; a Space that names none has not."""
    return hardware is not None and hardware not in _CPU


def assemble(folder: Path, gpu: bool) -> None:
    """Copy what a Space needs into ``folder``, which must not exist yet or be empty."""
    copies = _COPIES | {name: name for name in package_files()}
    for source, target in copies.items():
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / source, path)
    if not gpu:  # 3 GB that nobody would read
        readme = folder / "README.md"
        readme.write_text(_PRELOAD.sub("", readme.read_text("utf-8")), encoding="utf-8")


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


# uploading


def upload(folder: Path, space: str, hardware: str | None) -> str:
    """Make the Space if it is not there, and make ``folder`` its content; its address.

    Raises:
        DeployError: the hub cannot be reached, does not let us, or has no such hardware.
    """
    from huggingface_hub import HfApi

    api = HfApi()
    try:
        address = api.create_repo(space, repo_type="space", space_sdk="gradio", exist_ok=True)
        if hardware is not None:
            model = "flan-t5-large" if has_gpu(hardware) else "pocket"
            api.add_space_variable(space, "TEXT2SQL_MODEL", model)
            api.request_space_hardware(space, hardware)  # type: ignore[arg-type]
        api.upload_folder(
            repo_id=space,
            repo_type="space",
            folder_path=folder,
            delete_patterns="*",  # what is uploaded stays; what is not, goes in the same commit
            commit_message="Renew the page",
        )
    except Exception as error:  # whatever the hub's client raises
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        raise DeployError(
            f"{space!r} could not be uploaded ({type(error).__name__}: {reason}); check the name, "
            "the hardware and your connection, and log in with `hf auth login`."
        ) from error
    return str(address)


if __name__ == "__main__":
    sys.exit(main())

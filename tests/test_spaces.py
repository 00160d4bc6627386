"""Hosting on Hugging Face Spaces: what is assembled, what is checked, what runs there."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gradio_client import Client

ROOT = Path(__file__).parents[1]
SPACES = ROOT / "spaces"


def script(name: str) -> Iterator[ModuleType]:
    """A file of ``spaces/``, imported as a script there imports it: the folder is no package."""
    sys.path.insert(0, str(SPACES))
    try:
        yield __import__(name)
    finally:
        sys.path.remove(str(SPACES))


@pytest.fixture(scope="module")
def checks() -> Iterator[Any]:
    yield from script("checks")


@pytest.fixture(scope="module")
def deploy(checks: Any) -> Iterator[Any]:
    yield from script("deploy")


@pytest.fixture(scope="module")
def assembled(deploy: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Space as it is uploaded for a CPU."""
    folder = tmp_path_factory.mktemp("assembled") / "space"
    deploy.assemble(folder, deploy.Plan("me/sql", "cpu-basic"))
    return folder


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """A small one to spoil: the files of ``spaces/`` around three lines of code."""
    folder = tmp_path / "small"
    (folder / "text2sql" / "assets").mkdir(parents=True)
    for name in ("README.md", "requirements.txt"):
        text = (SPACES / name).read_text(encoding="utf-8")
        (folder / name).write_text(
            text.partition("preload_from_hub:")[0]
            + ("tags: []\n---\n" if name == "README.md" else ""),
            encoding="utf-8",
        )
    (folder / "app.py").write_text("import gradio\nfrom text2sql.parser import parse\n")
    (folder / "text2sql" / "parser.py").write_text("import ast, sqlglot\nparse = sqlglot.parse\n")
    return folder


@pytest.fixture
def small(space: Path, deploy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command puts the small one together, for tests of what it does with it."""
    monkeypatch.setattr(
        deploy, "assemble", lambda folder, plan: shutil.copytree(space, folder, dirs_exist_ok=True)
    )


def gradio_pinned(checks: Any) -> str:
    pinned = checks.requirements(ROOT / "requirements.txt")["gradio"]
    return str(pinned.specifier).removeprefix("==")


# what is in it


def test_the_space_as_it_is_has_no_problems(assembled: Path, checks: Any) -> None:
    assert checks.problems(assembled, gradio_pinned(checks)) == []


def test_it_holds_the_page_and_nothing_else(assembled: Path) -> None:
    assert {path.name for path in assembled.iterdir()} == {
        "LICENSE",
        "README.md",
        "app.py",
        "requirements.txt",
        "text2sql",
        "thumbnail.png",
    }
    names = {p.relative_to(assembled).as_posix() for p in assembled.rglob("*")}
    assert {
        "text2sql/assets/pocket/model.safetensors",
        "text2sql/assets/samples/database/clinic/clinic.sqlite",
        "text2sql/ui/page.css",
    } <= names
    assert [n for n in names if re.search(r"__pycache__|/tests?/|/benchmark|\.pyc$", n)] == []


def test_the_front_matter_names_the_picture_and_the_free_hardware(
    assembled: Path, checks: Any
) -> None:
    settings = checks.front_matter(assembled / "README.md")
    picture = "https://huggingface.co/spaces/me/sql/resolve/main/thumbnail.png"
    assert (settings["thumbnail"], settings["suggested_hardware"]) == (picture, "zero-a10g")
    assert (assembled / "thumbnail.png").read_bytes().startswith(b"\x89PNG")


def test_its_packages_are_those_of_the_repository_but_for_torch(checks: Any) -> None:
    ours = checks.requirements(ROOT / "requirements.txt")
    theirs = checks.requirements(SPACES / "requirements.txt")
    assert {"spaces", "torch"} <= set(theirs)  # gradio imports the first on a Space
    own = {name: str(r) for name, r in theirs.items() if name not in {"spaces", "torch"}}
    assert own == {name: str(ours[name]) for name in own}


@pytest.mark.parametrize(("model", "preloaded"), [("pocket", False), ("flan-t5-large", True)])
def test_the_large_model_is_preloaded_only_where_it_answers(
    model: str,
    preloaded: bool,
    deploy: Any,
    checks: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deploy, "package_files", lambda: ["text2sql/__init__.py"])
    deploy.assemble(tmp_path / "space", deploy.Plan("me/sql", "zero-a10g", model))
    settings = checks.front_matter(tmp_path / "space" / "README.md")
    assert ("preload_from_hub" in settings) == preloaded
    assert "google/flan-t5-large" in settings["models"]
    named = [p for p in checks.problems(tmp_path / "space", gradio_pinned(checks)) if "hub" in p]
    assert named == []


@pytest.mark.parametrize(
    ("hardware", "torch"),
    [("cpu-basic", "torch==2.13.0+cpu"), ("zero-a10g", "torch==2.11.0"),
     ("t4-small", "torch==2.13.0")],
)  # fmt: skip
def test_torch_is_the_build_that_the_hardware_can_use(
    hardware: str, torch: str, deploy: Any, checks: Any, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(deploy, "package_files", lambda: ["text2sql/__init__.py"])
    plan = deploy.Plan("me/sql", hardware, cpu_index="https://builds.example/cpu")
    deploy.assemble(tmp_path / "space", plan)
    file = tmp_path / "space" / "requirements.txt"
    assert str(checks.requirements(file)["torch"]) == torch
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert (first == "--extra-index-url https://builds.example/cpu") == torch.endswith("+cpu")
    assert str(checks.requirements(ROOT / "requirements.txt")["torch"]) == "torch==2.13.0"


# what is refused


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    def spoil(space: Path) -> None:
        text = (space / file).read_text(encoding="utf-8")
        assert old in text
        (space / file).write_text(text.replace(old, new), encoding="utf-8")

    return spoil


def added(file: str, content: str = "") -> Callable[[Path], None]:
    def spoil(space: Path) -> None:
        (space / file).parent.mkdir(parents=True, exist_ok=True)
        (space / file).write_text(content, encoding="utf-8")

    return spoil


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (replaced("README.md", "sdk: gradio", "sdk: static"),
         "sdk is 'static'; requirements.txt needs 'gradio'."),
        (replaced("README.md", "sdk_version: ", "sdk_version: 9"),
         "sdk_version is '9{gradio}'; requirements.txt needs '{gradio}'."),
        (replaced("README.md", '"3.12"', '"3.10"'),
         "python_version is '3.10'; the packages need 3.11 or newer."),
        (replaced("README.md", "app_file: app.py", "app_file: main.py"),
         "app_file is 'main.py', which the Space does not hold."),
        (replaced("README.md", "colorTo: gray", "colorTo: mauve"),
         "colorTo is 'mauve'; choose one of blue, gray, green, indigo, pink, purple, red, yellow."),
        (replaced("README.md", "license: apache-2.0\n", ""),
         "license is missing from the front matter."),
        (replaced("README.md", "Ask a database", "Ask a database" + " again" * 4),
         "short_description has 70 characters; 60 is the most."),
        (replaced("README.md", "  - google/flan-t5-large", "  - flan-t5-large"),
         "models lists 'flan-t5-large', which is not the form owner/name."),
        (replaced("README.md", "tags:", "preload_from_hub:\n  - google/other\ntags:"),
         "preload_from_hub lists 'google/other', which models and datasets do not."),
        (replaced("requirements.txt", "sqlglot>=", "sqlfluff>="),
         "text2sql/parser.py imports sqlglot, which requirements.txt does not name."),
        (added("text2sql/late.py", "def f():\n    from train.config import Recipe\n"),
         "text2sql/late.py imports train, which requirements.txt does not name."),
        (added("text2sql/late.py", "from text2sql.benchmark import growth\n"),
         "text2sql/late.py imports text2sql.benchmark, which the Space does not hold."),
        (added("text2sql/assets/dev.json", "[]"),
         "text2sql/assets/dev.json looks like Spider's; its data is not ours to upload."),
        (added("text2sql/assets/mine.json", '[{"query_toks": []}]'),
         "text2sql/assets/mine.json looks like Spider's; its data is not ours to upload."),
        (added("concert_singer.sqlite"),
         "concert_singer.sqlite looks like Spider's; its data is not ours to upload."),
    ],
)  # fmt: skip
def test_what_would_not_run_or_may_not_be_uploaded_is_named(
    spoil: Callable[[Path], None], problem: str, space: Path, checks: Any
) -> None:
    spoil(space)
    version = gradio_pinned(checks)
    assert problem.replace("{gradio}", version) in checks.problems(space, version)


@pytest.mark.parametrize(
    ("old", "new", "name", "wishes"),
    [("starlette>=1.10,<2", "starlette<1", "starlette",
      ["gradio wants <2.0,>=1.0.1", "requirements.txt wants <1"]),
     ("pydantic>=2.11,<3", "pydantic==2.13.0", "pydantic",  # too new for gradio[mcp]
      ["gradio wants <=2.12.5,>=2.11.10", "requirements.txt wants ==2.13.0"])],
)  # fmt: skip
def test_packages_that_the_hub_could_not_install_together_are_named(
    old: str, new: str, name: str, wishes: list[str], space: Path, checks: Any
) -> None:
    replaced("requirements.txt", old, new)(space)
    [problem] = checks.problems(space, gradio_pinned(checks))
    assert problem.startswith(f"No version of {name} suits everybody: ")
    assert [wish for wish in wishes if wish not in problem] == []


def test_a_package_that_the_code_can_do_without_need_not_be_there(space: Path, checks: Any) -> None:
    code = "try:\n    import notify2\nexcept ImportError:\n    notify2 = None\n"
    added("text2sql/late.py", code)(space)
    assert checks.problems(space, gradio_pinned(checks)) == []


def test_a_space_that_is_too_large_is_refused(
    space: Path, checks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "MAX_BYTES", 100)
    assert re.fullmatch(
        r"The Space would be [\d,]+ bytes; the most is 100\.",
        checks.problems(space, gradio_pinned(checks))[-1],
    )


# the command


def test_help_answers_at_once() -> None:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(SPACES / "deploy.py"), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert time.perf_counter() - started < 5  # 0.1 s on an idle machine
    assert "--dry-run" in done.stdout
    assert not re.search(r"\|\s+(huggingface_hub|yaml|text2sql|train)\b", done.stderr)


@pytest.mark.usefixtures("small")
def test_a_dry_run_writes_the_folder_and_its_list_and_renews_only_its_own(
    deploy: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "space"
    command = ["--space", "me/sql", "--dry-run", "--out", str(out)]
    assert deploy.main(command) == 0
    listing = (tmp_path / "space.txt").read_text(encoding="utf-8")
    assert capsys.readouterr().out == f"{listing}Written to {out}; nothing was uploaded.\n"
    files = [path for path in out.rglob("*") if path.is_file()]
    assert listing.count("\n") == len(files) + 1
    assert f"in {len(files)} files\n" in listing
    assert deploy.main(command) == 0  # over what it wrote itself
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").touch()
    assert deploy.main([*command[:-1], str(tmp_path / "thesis")]) == 2
    assert "holds something else; name another folder with --out." in capsys.readouterr().err


def test_a_name_that_is_no_space_is_refused(
    deploy: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        deploy.main(["--space", "sql"])
    assert "'sql' is no name on the hub; write it as USER/NAME" in capsys.readouterr().err


# what runs there

STAND_IN = '''
"""The two names of the package ``spaces`` that are used, doing what they do on ZeroGPU."""
import functools
lent = []
def GPU(duration):
    def lend(function):
        lent.append((function.__name__, duration))
        return functools.wraps(function)(lambda *args: function(*args))
    return lend
def gradio_auto_wrap(function):
    return function
'''

BUILD = """
import spaces
import text2sql.generators.accelerator as accelerator
from text2sql.databases import Catalog
from text2sql.answering.pipeline import Text2SQL
from text2sql.ui.demo import build_demo
demo = build_demo(Text2SQL("pocket"), Catalog.open())
print(demo.space_id, accelerator.borrows(), accelerator.device(), spaces.lent)
"""


def test_the_page_can_be_built_on_a_space_and_names_what_needs_a_gpu(tmp_path: Path) -> None:
    added("spaces/__init__.py", STAND_IN)(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", BUILD],
        cwd=ROOT,  # whose folder spaces/ must not hide the package
        env=os.environ
        | {"SYSTEM": "spaces", "SPACE_ID": "me/sql", "PYTHONPATH": os.pathsep.join(
            (str(ROOT), str(tmp_path)))},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.stdout == "me/sql True cuda [('local_device', 5)]\n", done.stderr


BORROW = """
import os
from types import SimpleNamespace
from text2sql.commands import serve
from text2sql.generators.base import Options
from text2sql.generators.seq2seq import Seq2SeqGenerator
import spaces
class Page:
    def __getattr__(self, name):
        print("loaded before the page starts:", name)
serve._prepare_to_borrow(Page())
Seq2SeqGenerator(None, None)
name, seconds = spaces.lent[-1]
print(name, [seconds([], None, Options(beams=n)) for n in (1, 4, 40)])
"""


def test_on_zerogpu_the_model_is_loaded_before_the_page_and_asks_for_seconds_by_its_beams(
    tmp_path: Path,
) -> None:
    added("spaces/__init__.py", STAND_IN)(tmp_path)
    paths = os.pathsep.join((str(ROOT), str(tmp_path)))
    done = subprocess.run(
        [sys.executable, "-c", BORROW],
        cwd=ROOT,
        env=os.environ | {"SPACE_ID": "me/sql", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    said = "loaded before the page starts: generator\n_search [9, 15, 60]\n"
    assert done.stdout == said, done.stderr


def clean_python(folder: Path) -> Path:
    """A virtual environment that has this one's packages, but neither the repository nor a path.

    Installing the packages anew would download hundreds of megabytes in every test run. Whether
    they are the ones that the Space names is what ``checks`` finds out; this is about its files.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.check_output([str(python), "-c", where], text=True).strip()
    paths = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    (Path(own) / "packages.pth").write_text("\n".join(sorted(paths)), encoding="utf-8")
    return python


@pytest.fixture
def started(assembled: Path, tmp_path: Path) -> Iterator[str]:
    """The address of the assembled Space, running on its own."""
    hidden = {"PYTHONPATH", "SPACE_ID", "TEXT2SQL_SPIDER_DIR", "TEXT2SQL_MODEL"}
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env |= {"TEXT2SQL_CACHE_DIR": str(tmp_path / "cache"), "PYTHONUNBUFFERED": "1"}
    python = clean_python(tmp_path / "venv")
    found = "import text2sql, importlib.util as u; print(text2sql.__file__, u.find_spec('train'))"
    where = subprocess.check_output([python, "-c", found], cwd=assembled, env=env, text=True)
    assert where == f"{assembled / 'text2sql' / '__init__.py'} None\n"
    command = [python, "app.py", "--port", str(_free_port())]
    with subprocess.Popen(
        command, cwd=assembled, env=env, stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            yield _until_up(running)
        finally:
            running.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _until_up(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    for line in running.stdout:
        if found := re.search(r"The page is at (\S+)", line):
            return found[1]
    pytest.fail("The page ended before it was up.")


def test_the_assembled_folder_answers_a_question_in_a_clean_environment(started: str) -> None:
    client = Client(started, verbose=False)
    answer = client.predict("How many doctors are there?", "clinic", api_name="/ask")
    client.close()
    assert answer["model"].startswith("pocket@")
    assert (answer["error"], len(answer["rows"])) == (None, 1)

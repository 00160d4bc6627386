"""The command line as a whole: help, errors, exit status."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path

import pytest

import text2sql
from text2sql import commands
from text2sql.cli import build_parser, main

ROOT = Path(__file__).parents[1]


def subparsers() -> dict[str, ArgumentParser]:
    action = next(a for a in build_parser()._actions if isinstance(a, _SubParsersAction))
    return dict(action.choices)


def test_every_module_of_the_folder_is_a_command() -> None:
    modules = {path.stem for folder in commands.__path__ for path in Path(folder).glob("[a-z]*.py")}
    assert set(subparsers()) == modules
    assert {"ask", "databases", "download", "run"} <= modules


@pytest.mark.parametrize("name", sorted(subparsers()))
def test_a_command_reads_only_flags_that_it_has(name: str) -> None:
    source = (ROOT / "text2sql" / "commands" / f"{name}.py").read_text(encoding="utf-8")
    flags = {action.dest for action in subparsers()[name]._actions}
    assert set(re.findall(r"\bargs\.(\w+)", source)) <= flags | {"parser"}


def test_every_command_has_examples_that_its_parser_accepts() -> None:
    import shlex

    for name, parser in subparsers().items():
        examples = (parser.epilog or "").removeprefix("examples:").strip().splitlines()
        assert examples, name
        for example in examples:
            words = shlex.split(example.split(" < ")[0])
            assert words[:2] == ["text2sql", name]
            parser.parse_args(words[2:])


def test_every_flag_is_explained() -> None:
    for name, parser in subparsers().items():
        assert [a.dest for a in parser._actions if not a.help] == [], name


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"text2sql {text2sql.__version__}\n"


def test_training_takes_the_flags_of_its_own_program(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", "--help"])
    assert ended.value.code == 0
    assert "usage: text2sql train [-h] --recipe NAME" in capsys.readouterr().out


def test_a_train_py_of_somebody_else_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print('run')", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "text2sql", "train", "--recipe", "tiny"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"text2sql: Python finds {str(tmp_path / 'train.py')!r} where the package train of "
        "text2sql should be; run this in another folder.\n"
    )


def test_a_missing_package_is_one_line_that_says_how_to_install_it() -> None:
    code = (
        "import sys; sys.modules['gradio'] = None\n"
        "from text2sql.__main__ import main; sys.exit(main(['serve']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "text2sql: This needs the package gradio, which is not installed; "
        "run pip install 'text2sql-workbench[page]'.\n",
    )


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["download", "--help"]])
def test_help_is_printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert "examples:" in capsys.readouterr().out


def test_help_takes_less_than_a_second() -> None:
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "text2sql", "--help"], check=True, capture_output=True, cwd=ROOT
        )
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["aks"], "invalid choice: 'aks'"),
        (["ask", "How many?"], "one of the arguments --db --sqlite is required"),
        (["run", "SELECT 1", "--db", "a", "--sqlite", "b"], "not allowed with argument"),
        (["run", "SELECT 1", "--db", "a", "--timeout", "0"], "'0' is not a number above zero"),
        (["run", "SELECT 1", "--db", "a", "--timeout", "nan"], "'nan' is not a number above zero"),
        (
            ["run", "SELECT 1", "--db", "a", "--max-rows", "x"],
            "'x' is not a whole number above zero",
        ),
    ],
)
def test_a_mistake_in_the_command_is_explained_with_status_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_an_error_for_people_is_one_line_with_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "SELECT 1", "--db", "clinik"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "text2sql: There is no database 'clinik'; did you mean 'clinic'?\n"


def test_interrupting_gives_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("text2sql.sandbox.run_query", interrupted)
    assert main(["run", "SELECT 1", "--db", "clinic"]) == 130


@pytest.mark.parametrize(("encoding", "printed"), [("utf-8", "é\ufffd"), ("ascii", "\\xe9\\ufffd")])
def test_bytes_that_are_no_text_and_terminals_without_letters_do_no_harm(
    encoding: str, printed: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "text2sql", "run", "-", "--db", "clinic"],
        input=b"SELECT 'x' AS a, char(233) || '\xff' AS b",
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )
    assert done.stderr == b""
    assert done.stdout.decode(encoding).splitlines()[2] == f"x  {printed}"


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the worker in /proc")
def test_ctrl_c_ends_a_query_without_a_word() -> None:
    sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT sum(x) FROM c"
    command = [sys.executable, "-m", "text2sql", "run", sql, "--db", "clinic", "--timeout", "300"]
    # a shell that runs the tests in the background has them ignore Ctrl-C, and all they start
    with subprocess.Popen(
        ["env", "--default-signal=INT", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not children.read_text():
            time.sleep(0.05)
        time.sleep(0.5)
        worker = int(children.read_text())
        os.killpg(process.pid, signal.SIGINT)
        output = process.communicate(timeout=60)
    assert (process.returncode, *output) == (130, b"", b"")
    assert not Path(f"/proc/{worker}").exists()


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT * FROM c"
    command = f"{sys.executable} -m text2sql run '{sql}' --db clinic --json --max-rows 90000"
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -c 10; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, '{"columns"', "")

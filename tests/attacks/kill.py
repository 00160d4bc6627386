"""kill -9 at random moments: ``python -m tests.attacks.kill --times 10``.

Of the page, an evaluation, a training run, a conversion, a download and feedback: nothing is lost
that was confirmed, nothing half-written stands under a final name, no process is left after two
seconds, and each goes on where it was, or starts again.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

__all__ = ["ATTACKS", "Attack", "attack"]

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "text2sql" / "assets" / "samples" / "questions.json"
_GONE_S = 2.0
_PATIENCE_S = 300.0


class Attack:
    """What is started, when it may be killed, and what must be true after that."""

    window_s = 1.0  # the kill comes at a random moment of it
    argv: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self) -> subprocess.Popen[str]:
        """In a session of its own, so that whatever is left of it can be found."""
        cache = {"TEXT2SQL_CACHE_DIR": str(self.folder / "cache"), "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            [sys.executable, *self.argv],
            cwd=ROOT,
            env=os.environ | cache | {"HF_HUB_OFFLINE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def ready(self, process: subprocess.Popen[str]) -> None:
        """Wait until there is something to lose: by default, for a line of output."""
        assert process.stdout is not None
        process.stdout.readline()

    def check(self) -> None:
        """Raise AssertionError where something was lost or is half there."""

    def finish(self) -> None:
        """Let it go on to its end, undisturbed."""


def attack(found: Attack, times: int, seed: int = 0) -> None:
    """Kill it so many times at random moments, look, and let it finish in the end."""
    moments = random.Random(seed)
    for _ in range(times):
        with closing_stdin(found.start()) as process:
            found.ready(process)
            time.sleep(moments.uniform(0, found.window_s))
            family = descendants(process.pid)
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            process.wait()
        left = wait_for_the_end(family)
        assert left == [], f"processes are left: {left}"
        found.check()
    found.finish()
    found.check()


@contextmanager
def closing_stdin(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """As ``Popen``'s own block, which would wait for a process that is still being talked to."""
    try:
        yield process
    finally:
        with suppress(OSError):
            process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        process.wait()


def descendants(pid: int) -> dict[int, str]:
    """The processes below ``pid``, with what tells each from a later one of its number."""
    parents, starts = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            fields = stat.read_text().rpartition(")")[2].split()
            child = int(stat.parent.name)
            parents[child], starts[child] = int(fields[1]), fields[19]
    found, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found, grown = found | more, bool(more)
    return {child: starts[child] for child in found - {pid} if child in starts}


def wait_for_the_end(family: dict[int, str]) -> list[str]:
    """Those that are still there two seconds later, by their command lines."""
    until = time.monotonic() + _GONE_S
    while left := [pid for pid, start in family.items() if _lives(pid, start)]:
        if time.monotonic() > until:
            return [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in left]
        time.sleep(0.05)
    return []


def _lives(pid: int, start: str) -> bool:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[19] == start and fields[0] != "Z"


def parts(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".*") if path.name.endswith((".part", ".old"))]


class Page(Attack):
    """The page, with queries that run and verdicts that are kept."""

    window_s = 1.5

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.starts = 0
        self.before: set[str] = set()

    def start(self) -> subprocess.Popen[str]:
        self.starts += 1
        place = self.folder / f"served{self.starts}"
        (place / "runs").mkdir(parents=True)
        self.place = place
        (place / "runs" / ".half.db.0123abcd.part").write_text("of a page that was killed")
        self.argv = ("-m", "tests.attacks.kill", "serve", str(place))
        return super().start()

    def ready(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert parts(self.place / "runs") == [], "the page sweeps when it starts"
        slow = (
            "SELECT count(*) FROM customer a, customer b, (WITH RECURSIVE c(x) AS (SELECT 1 UNION "
            "ALL SELECT x + 1 FROM c) SELECT x FROM c)"
        )
        long = "SELECT length(replace(hex(zeroblob(100000000)), '0', 'ab'))"
        for sql in (slow, long, slow):
            _call(f"{url}/gradio_api/call/run", sql, "shop")
        _call(f"{url}/gradio_api/call/ask", "How many customers are there?", "shop", None)

    def check(self) -> None:
        with closing(sqlite3.connect(self.place / "feedback.db")) as file:
            assert file.execute("SELECT count(*) FROM feedback").fetchall() == [(5,)]
        assert sorted(path.name for path in (self.place / "runs").iterdir()) == []


def _call(address: str, *arguments: str | None) -> None:
    """Start a call of the page's API; nobody waits for what it says."""
    body = json.dumps({"data": arguments}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=_PATIENCE_S).close()


class Evaluation(Attack):
    """An evaluation, after its first answers."""

    window_s = 4.0
    limit = 60

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.out = folder / "run.db"
        self.confirmed: dict[int, str] = {}
        self.argv = (
            "-m", "text2sql", "evaluate", "--questions", str(QUESTIONS), "--limit",
            str(self.limit), "--workers", "2", "--out", str(self.out), "--metrics", "string_match",
        )  # fmt: skip

    def ready(self, process: subprocess.Popen[str]) -> None:
        until = time.monotonic() + _PATIENCE_S
        had = len(self.confirmed)
        while len(found := self._answers()) <= had and process.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.1)
        self.confirmed = found

    def _answers(self) -> dict[int, str]:
        if not self.out.is_file():
            return {}
        with closing(sqlite3.connect(f"{self.out.as_uri()}?mode=ro", uri=True)) as run:
            try:
                return dict(run.execute("SELECT item, sql FROM predictions"))
            except sqlite3.OperationalError:  # it has no answers yet, or is locked
                return {}

    def check(self) -> None:
        with closing(sqlite3.connect(self.out)) as run:
            assert run.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        now = self._answers()
        assert {number: now.get(number) for number in self.confirmed} == self.confirmed
        self.confirmed = now

    def finish(self) -> None:
        from text2sql.evaluation.run_file import read_items

        process = self.start()
        process.communicate()
        assert process.returncode == 0
        assert len(read_items(self.out)) == self.limit


class Training(Attack):
    """A training run of some steps, which saves after each epoch."""

    window_s = 15.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.out = folder / "run"
        self.steps = 0

    def start(self) -> subprocess.Popen[str]:
        resume = ["--resume"] if (self.out / "manifest.json").is_file() else []
        self.argv = (
            "-m", "train", "--recipe", "tiny", "--out", str(self.out), "--set", "repeat=1",
            "--set", "epochs=3", "--set", "limit=40", *resume,
        )  # fmt: skip
        return super().start()

    def check(self) -> None:
        for name in ("manifest.json", "adapter/adapter_config.json"):
            if (self.out / name).exists():
                json.loads((self.out / name).read_text())
        samples = self.out / "samples.jsonl"
        if samples.exists():
            assert all(json.loads(line) for line in samples.read_text().splitlines())
        metrics = self.out / "metrics.csv"
        rows = list(csv.DictReader(metrics.open())) if metrics.exists() else []
        assert all(None not in row.values() for row in rows)
        assert len(rows) >= self.steps, "an epoch that was shown is lost"
        self.steps = len(rows)
        if (self.out / "model").exists():
            assert {"README.md", "config.json"} <= {p.name for p in (self.out / "model").iterdir()}

    def finish(self) -> None:
        process = self.start()
        output, _ = process.communicate()
        assert process.returncode == 0, output
        assert (self.out / "model" / "model.safetensors").is_file()
        assert parts(self.out) == []


class Conversion(Attack):
    """A checkpoint on its way to CTranslate2's form."""

    window_s = 0.4

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.argv = ("-m", "tests.attacks.kill", "convert", str(folder / "base"))
        if not (folder / "base").exists():
            from tests.tiny_t5 import learn_tokenizer, random_t5

            tokenizer = learn_tokenizer()
            random_t5(len(tokenizer)).save_pretrained(folder / "base")
            tokenizer.save_pretrained(folder / "base")

    def check(self) -> None:
        home = self.folder / "cache" / "ctranslate2"
        for made in home.glob("[!.]*") if home.exists() else ():
            if made.is_dir():
                names = {path.name for path in made.iterdir()}
                assert {"model.bin", "config.json", "tokenizer.json"} <= names

    def finish(self) -> None:
        process = self.start()
        output, _ = process.communicate()
        assert "converted" in output
        assert parts(self.folder / "cache") == []


class Download(Attack):
    """Spider's archive on its way from a server that takes its time."""

    window_s = 1.5

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.target = folder / "spider"
        self.argv = ("-m", "tests.attacks.kill", "download", str(folder))

    def check(self) -> None:
        if self.target.exists():
            names = {path.name for path in self.target.iterdir()}
            assert {"tables.json", "dev.json", "database"} <= names

    def finish(self) -> None:
        output, _ = self.start().communicate()
        assert "fetched" in output
        left = {path.name for path in self.folder.iterdir() if path.suffix != ".lock"}
        assert left == {"spider"}


class FeedbackWrites(Attack):
    """One verdict after the other, each said to be kept once it is."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.argv = ("-m", "tests.attacks.kill", "feedback", str(folder / "feedback.db"))
        self.kept = 0

    def ready(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.kept = int(process.stdout.readline())

    def check(self) -> None:
        from text2sql.feedback import FeedbackFile

        count = len(FeedbackFile(self.folder / "feedback.db").entries())
        assert count >= self.kept
        self.kept = count


ATTACKS: dict[str, type[Attack]] = {
    "page": Page,
    "evaluation": Evaluation,
    "training": Training,
    "conversion": Conversion,
    "download": Download,
    "feedback": FeedbackWrites,
}


# what is started


def serve(folder: Path) -> None:
    from tests.ui.server import TableOfAnswers, make_catalog
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.feedback import Feedback, FeedbackFile
    from text2sql.ui.demo import build_demo
    from text2sql.ui.theme import launch_options

    (folder / "spider").mkdir()
    feedback = FeedbackFile(folder / "feedback.db")
    for _ in range(5):
        feedback.add(Feedback("How many?", "shop", "answers", "SELECT 1", "right"))
    catalog = make_catalog(folder / "spider")
    demo = build_demo(Text2SQL(TableOfAnswers()), catalog, folder / "runs", feedback=feedback)
    _, url, _ = demo.launch(quiet=True, prevent_thread_lock=True, **launch_options())
    print(url.rstrip("/"), flush=True)
    sys.stdin.read()


def convert(base: Path) -> None:
    from text2sql.generators.checkpoint import Checkpoint
    from text2sql.generators.ctranslate import convert as convert_checkpoint

    def tell(what: str, done: int, total: int) -> None:
        if done == 1:
            print("converting", flush=True)

    print(f"converted to {convert_checkpoint(Checkpoint(str(base)), progress=tell)}", flush=True)


def download(folder: Path) -> None:
    import hashlib
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from text2sql.download.spider import SpiderArchive, download_spider

    content = _archive()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            start = int((self.headers["Range"] or "bytes=0-")[6:].split("-")[0])
            self.send_response(206 if start else 200)
            if start:
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}"
                )
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            for at in range(start, len(content), 40_000):
                self.wfile.write(content[at : at + 40_000])
                time.sleep(0.02)

        def log_message(self, *arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    source = SpiderArchive(
        (f"http://127.0.0.1:{server.server_port}",), hashlib.sha256(content).hexdigest()
    )
    print("downloading", flush=True)
    download_spider(folder / "spider", source=source)
    print("fetched", flush=True)


def _archive() -> bytes:
    import io
    import zipfile

    file, noise = io.BytesIO(), random.Random(1)
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("tables.json", "dev.json"):
            archive.writestr(zipfile.ZipInfo(f"spider/{name}"), "[]")
        for number in range(60):
            name = f"spider/database/d{number}/d{number}.sqlite"
            archive.writestr(zipfile.ZipInfo(name), noise.randbytes(40_000))
    return file.getvalue()


def write_feedback(path: Path) -> None:
    from text2sql.feedback import Feedback, FeedbackFile

    file = FeedbackFile(path)
    entry = Feedback("How many?", "shop", "pocket", "SELECT count(*) FROM sale", "right")
    kept = len(file.entries())
    while True:
        file.add(entry)
        kept += 1
        print(kept, flush=True)


_STARTED = {"serve": serve, "convert": convert, "download": download, "feedback": write_feedback}


def main() -> int:
    """Run the attacks and print what came of them; 1 where one failed."""
    if len(sys.argv) == 3 and sys.argv[1] in _STARTED:
        _STARTED[sys.argv[1]](Path(sys.argv[2]))
        return 0
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.kill", description=__doc__)
    parser.add_argument("--times", type=int, default=10, help="kills of each (default: 10)")
    parser.add_argument("names", nargs="*", default=list(ATTACKS), help="which (default: all)")
    args = parser.parse_args()
    failed = 0
    for name in args.names:
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                attack(ATTACKS[name](Path(folder)), args.times)
                said = f"{args.times} kills, nothing lost, nothing left"
            except AssertionError as error:
                failed += 1
                said = f"FAILED: {error!r}"
        print(f"{name:12}{said} ({time.monotonic() - started:.0f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

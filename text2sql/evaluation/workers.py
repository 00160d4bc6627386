"""Worker processes that answer questions in parallel, each with the model loaded.

The pocket model uses one core per question, because a second one hardly helps
(``generators/pocket/threads.py``); so more cores answer more questions at a time.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from text2sql.answering.pipeline import Text2SQL
from text2sql.errors import DataError, Text2SQLError
from text2sql.evaluation.answering import predict_together
from text2sql.evaluation.processes import launched
from text2sql.generators.choice import ModelChoice
from text2sql.generators.registry import family_of

if TYPE_CHECKING:
    from text2sql.databases import Catalog
    from text2sql.evaluation.run import Prediction
    from text2sql.spider import Example

__all__ = ["Shares", "answers", "fitting_workers", "together"]

_WORTH_A_WORKER = 20  # questions; they take as long as loading the model
_MOST = 16  # each holds half a gigabyte
_TOGETHER = 8  # questions; more are hardly faster, and a stop loses those in progress


def fitting_workers(model: str | ModelChoice, questions: int) -> int:
    """The fastest number of processes: one per core if the model uses one core, else one.

    Raises:
        ModelError: there is no such model.
    """
    if launched() > 1 or not family_of(model).one_core:
        return 1
    return max(1, min(_cores(), questions // _WORTH_A_WORKER, _MOST))


def together(asker: Text2SQL) -> int:
    """How many questions a process asks in one batch.

    Raises:
        ModelError: there is no such model.
    """
    return _TOGETHER if asker.batches else 1


def _cores() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def answers(
    asker: Text2SQL, examples: Mapping[int, Example], catalog: Catalog, workers: int = 1
) -> Iterator[tuple[int, Prediction]]:
    """Yield the answer to each of the numbered questions, in order of completion.

    Raises:
        ModelError: the model's files are missing or do not fit.
        DataError: one of the processes ended unexpectedly.
    """
    workers = min(workers, len(examples))
    shares = Shares(examples, max(1, workers), together(asker) if examples else 1)
    if workers > 1:
        yield from _at_once(asker, examples, catalog, shares, workers)
        return
    while numbers := shares.next(0):
        asked = [examples[number] for number in numbers]
        yield from zip(numbers, predict_together(asker, asked, catalog), strict=True)


def _at_once(
    asker: Text2SQL,
    examples: Mapping[int, Example],
    catalog: Catalog,
    shares: Shares,
    count: int,
) -> Iterator[tuple[int, Prediction]]:
    with ExitStack() as stack:
        workers = [stack.enter_context(_Worker(asker, catalog)) for _ in range(count)]
        asked: dict[Connection, list[int]] = {}

        def ask_next(worker: _Worker) -> None:
            if numbers := shares.next(workers.index(worker)):
                asked[worker.connection] = numbers
                worker.ask([examples[number] for number in numbers])

        for worker in workers:
            ask_next(worker)
        while asked:
            ready = wait(list(asked))
            for worker in (w for w in workers if w.connection in ready):
                found, numbers = worker.answers(), asked.pop(worker.connection)
                ask_next(worker)  # it need not wait until the answers are processed
                yield from zip(numbers, found, strict=True)


class Shares:
    """The assignment of questions to workers.

    A worker keeps a database, whose schema and cells it has already read, until all its questions
    are answered, up to ``together`` at a time. A worker without questions then helps the others.
    """

    def __init__(self, examples: Mapping[int, Example], workers: int, together: int = 1) -> None:
        databases: defaultdict[str, deque[int]] = defaultdict(deque)
        for number, example in examples.items():
            databases[example.db_id].append(number)
        self._together = together
        self._waiting = sorted(databases.values(), key=len)
        self._own: list[deque[int]] = [deque() for _ in range(workers)]

    def next(self, worker: int) -> list[int]:
        """Questions about one database for an idle worker; empty if none are left."""
        own = self._own[worker]
        if not own and self._waiting:
            own = self._own[worker] = self._waiting.pop()  # longest first
        if own:
            return [own.popleft() for _ in range(min(self._together, len(own)))]
        longest = max(self._own, key=len)
        return [longest.pop() for _ in range(min(self._together, (len(longest) + 1) // 2))]


class _Worker:
    """One process, answering until it is closed."""

    def __init__(self, asker: Text2SQL, catalog: Catalog) -> None:
        context = get_context("spawn")  # a fork of a process with threads may hang
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, asker, catalog), daemon=True)
        with _interrupts_blocked():
            self.process.start()
        theirs.close()

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        """End the process at once; its current work is no longer needed."""
        self.process.terminate()
        self.process.join()
        self.connection.close()

    def ask(self, examples: Sequence[Example]) -> None:
        with suppress(OSError):  # it has died; ``answers`` reports that
            self.connection.send(examples)

    def answers(self) -> list[Prediction]:
        """Receive the answers to the last ``ask``.

        Raises:
            Text2SQLError: the model raised it.
            DataError: the process ended without an answer.
        """
        try:
            found: list[Prediction] | Text2SQLError = self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            raise DataError(
                f"A process that answered questions ended (exit code {self.process.exitcode}); "
                "there may be too little memory for that many: use fewer --workers."
            ) from None
        if isinstance(found, Text2SQLError):
            raise found
        return found


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Start processes inside without SIGINT, so that only the parent handles Ctrl-C."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # if it started inside, it would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(connection: Connection, asker: Text2SQL, catalog: Catalog) -> None:
    """Answer requests until the connection closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # if blocking is not inherited
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            examples = connection.recv()
            try:
                connection.send(predict_together(asker, examples, catalog))
            except Text2SQLError as error:
                connection.send(error)


def _end_with_the_parent() -> None:
    """End this process when its parent is killed, which then cannot end it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

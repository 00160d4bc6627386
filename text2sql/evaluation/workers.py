"""Processes that answer questions at once, each with the model loaded.

The pocket model answers a question on one core, since a second one hardly helps it
(``generators/pocket/threads.py``): more cores are for more questions.
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

_WORTH_A_WORKER = 20  # questions, which take as long as loading the model once more
_MOST = 16  # each holds half a gigabyte
_TOGETHER = 8  # questions; more are hardly faster, and a stop loses those that are being answered


def fitting_workers(model: str | ModelChoice, questions: int) -> int:
    """How many processes answer soonest: one a core, if the model uses one and it is worth it.

    Raises:
        ModelError: there is no such model.
    """
    if launched() > 1 or not family_of(model).one_core:
        return 1
    return max(1, min(_cores(), questions // _WORTH_A_WORKER, _MOST))


def together(asker: Text2SQL) -> int:
    """How many questions a process asks at once.

    Raises:
        ModelError: there is no such model.
    """
    return _TOGETHER if asker.batches else 1


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def answers(
    asker: Text2SQL, examples: Mapping[int, Example], catalog: Catalog, workers: int = 1
) -> Iterator[tuple[int, Prediction]]:
    """The answer to each of the numbered questions, as they come.

    Raises:
        ModelError: the model's files are missing or do not fit.
        DataError: one of the processes ended before its time.
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
                ask_next(worker)  # it need not wait for what is done with the answers
                yield from zip(numbers, found, strict=True)


class Shares:
    """Which worker answers which question.

    A worker stays with a database, whose schema and cells it has read, until its questions are
    answered, up to ``together`` at a time. In the end those that have none left help the others.
    """

    def __init__(self, examples: Mapping[int, Example], workers: int, together: int = 1) -> None:
        databases: defaultdict[str, deque[int]] = defaultdict(deque)
        for number, example in examples.items():
            databases[example.db_id].append(number)
        self._together = together
        self._waiting = sorted(databases.values(), key=len)
        self._own: list[deque[int]] = [deque() for _ in range(workers)]

    def next(self, worker: int) -> list[int]:
        """Questions on one database for a worker that has none; empty where none is left."""
        own = self._own[worker]
        if not own and self._waiting:
            own = self._own[worker] = self._waiting.pop()  # long ones first, or the last takes long
        if own:
            return [own.popleft() for _ in range(min(self._together, len(own)))]
        longest = max(self._own, key=len)
        return [longest.pop() for _ in range(min(self._together, (len(longest) + 1) // 2))]


class _Worker:
    """One process, answering until it is closed."""

    def __init__(self, asker: Text2SQL, catalog: Catalog) -> None:
        context = get_context("spawn")  # a copy of a process with threads may hang
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, asker, catalog), daemon=True)
        with _deaf_to_interrupts():
            self.process.start()
        theirs.close()

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        """End it at once: what it was doing is not wanted any more."""
        self.process.terminate()
        self.process.join()
        self.connection.close()

    def ask(self, examples: Sequence[Example]) -> None:
        with suppress(OSError):  # it has died, and asking for the answers says so
            self.connection.send(examples)

    def answers(self) -> list[Prediction]:
        """What was asked for.

        Raises:
            Text2SQLError: what the model raised.
            DataError: the process ended without an answer.
        """
        try:
            found: list[Prediction] | Text2SQLError = self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            raise DataError(
                f"A process that answered questions ended (exit code {self.process.exitcode}); "
                "there may be too little memory for so many: take fewer --workers."
            ) from None
        if isinstance(found, Text2SQLError):
            raise found
        return found


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """What is started inside never hears Ctrl-C, which is for the one who starts it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # it would be started inside, and let the signal through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(connection: Connection, asker: Text2SQL, catalog: Catalog) -> None:
    """Answer what comes until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it is not inherited
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            examples = connection.recv()
            try:
                connection.send(predict_together(asker, examples, catalog))
            except Text2SQLError as error:
                connection.send(error)


def _end_with_the_parent() -> None:
    """A parent that is killed cannot end its workers, and they may be busy for long."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

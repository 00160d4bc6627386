"""One process, or several that ``accelerate launch`` started."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

__all__ = ["Processes", "launched", "processes"]

_LONGEST_WAIT = timedelta(days=7)


@dataclass(frozen=True)
class Processes:
    """This process's ``rank`` among ``count``; ``state`` is accelerate's, None for one alone."""

    rank: int = 0
    count: int = 1
    state: Any = None

    def first_goes_ahead(self) -> AbstractContextManager[None]:
        """Inside, the first process is done before the others start."""
        if self.state is None:
            return nullcontext()
        ahead: AbstractContextManager[None] = self.state.main_process_first()
        return ahead

    def wait(self) -> None:
        """Go on only when every process has come here."""
        if self.state is not None:
            self.state.wait_for_everyone()


def launched() -> int:
    """How many processes ``accelerate launch`` started; 1 where it did not."""
    return int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def processes() -> Iterator[Processes]:
    """The processes of this run; their group is taken apart at the end."""
    if launched() == 1:
        yield Processes()
        return
    import torch
    from accelerate import PartialState  # type: ignore[import-untyped]

    # one process may have long answers to give while the others wait
    state = PartialState(cpu=not torch.cuda.is_available(), timeout=_LONGEST_WAIT)
    try:
        yield Processes(state.process_index, state.num_processes, state)
    finally:
        state.destroy_process_group()

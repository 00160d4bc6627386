"""The processes of an evaluation: one, or several that ``accelerate launch`` started."""

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
    """This process's ``rank`` among ``count``; ``state`` is accelerate's, None for one process."""

    rank: int = 0
    count: int = 1
    state: Any = None

    def first_goes_ahead(self) -> AbstractContextManager[None]:
        """Let the first process finish the block before the others start it."""
        if self.state is None:
            return nullcontext()
        ahead: AbstractContextManager[None] = self.state.main_process_first()
        return ahead

    def wait(self) -> None:
        """Wait until every process has reached this call."""
        if self.state is not None:
            self.state.wait_for_everyone()


def launched() -> int:
    """How many processes ``accelerate launch`` started; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def processes() -> Iterator[Processes]:
    """Join the process group of this run; it is destroyed at the end of the block."""
    if launched() == 1:
        yield Processes()
        return
    import torch
    from accelerate import PartialState  # type: ignore[import-untyped]

    # one process may need long for its answers while the others wait
    state = PartialState(cpu=not torch.cuda.is_available(), timeout=_LONGEST_WAIT)
    try:
        yield Processes(state.process_index, state.num_processes, state)
    finally:
        state.destroy_process_group()

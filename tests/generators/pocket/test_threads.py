"""How many cores an answer takes."""

from __future__ import annotations

import pytest
import torch

from text2sql.generators.pocket.threads import one_thread


def test_torch_keeps_to_one_thread_and_gets_the_others_back_even_from_an_error() -> None:
    def fail() -> None:
        raise ValueError(torch.get_num_threads())

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with pytest.raises(ValueError, match="1"):
            one_thread()(fail)()
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)

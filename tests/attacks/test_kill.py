"""kill -9 once of each; ``python -m tests.attacks.kill`` does it ten times."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.attacks.kill import ATTACKS, attack

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.mark.parametrize("name", ATTACKS)
def test_a_kill_loses_nothing_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    attack(ATTACKS[name](tmp_path), times=1)

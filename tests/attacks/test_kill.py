"""kill -9 once of what starts quickly; ``python -m tests.attacks.kill`` kills all six ten times."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.attacks.kill import ATTACKS, attack

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
#: Half a minute each, most of it for importing what they need.
SLOW = ("training", "conversion")


@pytest.mark.parametrize("name", [name for name in ATTACKS if name not in SLOW])
def test_a_kill_loses_nothing_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    attack(ATTACKS[name](tmp_path), times=1)

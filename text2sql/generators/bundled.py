"""The path of the bundled model."""

from __future__ import annotations

from pathlib import Path

__all__ = ["BUNDLED"]

#: The folder of the pocket model's weights.
BUNDLED = Path(__file__).parents[1] / "assets" / "pocket"

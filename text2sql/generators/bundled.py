"""Where the model is that comes with the package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["BUNDLED"]

#: The weights of the pocket model; naming them loads nothing.
BUNDLED = Path(__file__).parents[1] / "assets" / "pocket"

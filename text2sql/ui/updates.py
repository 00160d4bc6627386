"""How the parts of the page talk to Gradio."""

from __future__ import annotations

from typing import Any

__all__ = ["QUIET", "Updates"]

#: New values by component, as a Gradio event may return them.
Updates = dict[Any, Any]

#: An event of the page alone: no part of the API, and without Gradio's own progress display.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

"""Types and options that the event handlers of the page share."""

from __future__ import annotations

from typing import Any

__all__ = ["QUIET", "Updates"]

#: New values by component, as event handlers return them.
Updates = dict[Any, Any]

#: Options of an event that is not part of the API and shows no progress display of Gradio's.
#: Without a name for it, Gradio takes the handler's, and a handler ``ask`` would take ``/ask``.
QUIET: dict[str, Any] = {
    "api_visibility": "private",
    "api_name": "private",
    "show_progress": "hidden",
}

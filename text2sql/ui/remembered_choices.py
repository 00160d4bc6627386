"""Lists whose choices a session adds to: the server may have forgotten them, the page has not.

Gradio refuses a value that is not among the choices it remembers, in words of its own. After a
session has ended, that would be everything a visitor can press; the handlers say what is missing.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

__all__ = ["unchecked"]


def unchecked(component: gr.Dropdown | gr.Radio) -> Any:
    """Let ``component`` pass on every value; who handles it looks it up."""
    component.preprocess = lambda payload: payload  # type: ignore[method-assign]
    return component

"""The only places of the page that take HTML: whatever is no ``Markup`` is shown as the text it is.

HTML is written as ``Markup("<b>{}</b>").format(text)``, which escapes ``text``. So a text that
somebody else wrote can become HTML neither where HTML is put together nor where it is shown.
"""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup, escape

__all__ = ["html"]


def html(value: Markup = Markup(), elem_id: str | None = None) -> gr.HTML:
    """A place for HTML, to begin with ``value``; a text in its place, or sent later, is escaped."""
    component = gr.HTML(escape(value), elem_id=elem_id, apply_default_css=False)
    component.postprocess = _escaped  # type: ignore[method-assign]
    return component


def _escaped(value: str | None) -> str | None:
    return None if value is None else escape(value)

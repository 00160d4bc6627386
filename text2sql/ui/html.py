"""The only component of the page that takes HTML; it escapes everything that is not ``Markup``.

HTML is written as ``Markup("<b>{}</b>").format(text)``, which escapes ``text``. So untrusted text
is escaped both when HTML is built and when it is shown.
"""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup, escape

__all__ = ["html"]


def html(value: Markup = Markup(), elem_id: str | None = None) -> gr.HTML:
    """Return an HTML component; plain text, given now or sent later, is escaped."""
    component = gr.HTML(escape(value), elem_id=elem_id, apply_default_css=False)
    component.postprocess = _escaped  # type: ignore[method-assign]
    return component


def _escaped(value: str | None) -> str | None:
    return None if value is None else escape(value)

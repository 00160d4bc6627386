"""The theme and the launch options of the page: one accent color on grays, Gradio's own fonts."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes.utils import colors, fonts, sizes
from markupsafe import Markup

from text2sql.uploads.limits import LIMITS

__all__ = ["launch_options"]

_HERE = Path(__file__).parent
_ACCENT = colors.teal
_SCRIPTS = ("page.js", "address.js", "fields.js")  # in this order
_AT_ONCE = 256  # events, most of which wait in a queue
_SESSIONS = 1000  # whose state is kept


def _theme() -> gr.themes.Base:
    theme = gr.themes.Base(
        primary_hue=_ACCENT,
        secondary_hue=_ACCENT,
        neutral_hue=colors.zinc,
        radius_size=sizes.radius_md,
        font=(fonts.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"),
        font_mono=(fonts.LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace"),
    )
    return theme.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        # blocks are plain; page.css styles those that are cards
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_padding="0px",
        block_shadow="none",
        block_title_text_weight="600",
        block_title_text_color="*body_text_color",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        color_accent="*primary_700",
        input_border_width="1px",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        input_background_fill="white",
        input_background_fill_dark="*neutral_900",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_700",
        input_border_color_focus="*primary_600",
        input_border_color_focus_dark="*primary_400",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_800",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        button_secondary_background_fill="white",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_dark="*neutral_900",
        button_secondary_background_fill_hover_dark="*neutral_800",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_700",
        button_border_width="1px",
    )


def launch_options() -> dict[str, Any]:
    """Return the options of ``launch``: theme, scripts and limits.

    They turn off sharing, recording and requests to other hosts.
    """
    return {
        "theme": _theme(),
        # not css=, which rewrites selectors and loses some
        "head": Markup("<style>{}</style>").format(_own("page.css"))
        + Markup("").join(Markup("<script>{}</script>").format(_own(name)) for name in _SCRIPTS),
        "favicon_path": _HERE / "icon.png",
        "max_file_size": LIMITS.file_bytes,
        # includes requests that wait in the queues of the model and of SQL
        "max_threads": _AT_ONCE,
        "state_session_capacity": _SESSIONS,
        "footer_links": ["api", "settings"],
        "run_history": False,
        "enable_monitoring": False,
        "share": False,
        "ssr_mode": False,
        "show_error": False,
        # without the package, which gradio[mcp] installs, launch would fail
        "mcp_server": find_spec("mcp") is not None,
    }


def _own(name: str) -> Markup:
    """Read a file of this folder, which needs no escaping."""
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704

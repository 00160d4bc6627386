"""What a session chose from is passed on after the server has forgotten it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import gradio as gr

from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Catalog
from text2sql.ui.demo import build_demo

from .server import TableOfAnswers


def test_an_upload_that_was_forgotten_reaches_the_handlers_which_say_so(tmp_path: Path) -> None:
    async def build() -> gr.Blocks:  # in a loop, because else Gradio opens one and leaves it open
        return build_demo(Text2SQL(TableOfAnswers()), Catalog.open(), tmp_path)

    demo = asyncio.run(build())
    lists = {
        block.elem_id: block
        for block in demo.blocks.values()
        if isinstance(block, gr.Dropdown | gr.Radio)
    }
    for name in ("database", "own-databases", "described-place"):
        assert lists[name].preprocess("pets") == "pets"

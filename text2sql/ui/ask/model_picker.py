"""The drop-down list of models; a model is loaded when it is first chosen."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from text2sql.errors import ModelError, NotDownloaded
from text2sql.ui import messages
from text2sql.ui.ask.waiting import Waiting
from text2sql.ui.updates import QUIET, Updates

if TYPE_CHECKING:
    from text2sql.ui.model_thread import ModelThread

__all__ = ["ModelPicker"]

_log = logging.getLogger(__name__)


class ModelPicker:
    """A drop-down list of models, hidden if there is only one. Each visitor chooses separately.

    The first of ``models`` is the default, and the fallback if another fails.
    """

    def __init__(self, models: Sequence[ModelThread], waiting: Waiting) -> None:
        self.models = {model.text2sql.name: model for model in models}
        self.waiting = waiting
        self.first = next(iter(self.models))
        self.choice = gr.Dropdown(
            list(self.models),
            value=self.first,
            label="Model",
            filterable=False,
            visible=len(self.models) > 1,
            scale=1,
            min_width=150,
            elem_id="model",
        )
        self.loaded = gr.State(self.first)  # the visitor's last choice that was loaded

    def model(self, name: str) -> ModelThread:
        """Return the model called ``name``."""
        return self.models[name]

    def failed(self, error: ModelError, name: str, instead: str) -> Markup:
        """Return why ``name`` failed; ``instead`` is the model that answers now."""
        if not isinstance(error, NotDownloaded):
            return messages.alert(str(error))
        _log.warning("%s", error)  # how to download it is for the person who runs the page
        return messages.alert(messages.not_here(name, error.size, instead))

    def fall_back(self) -> Updates:
        """Switch back to the default model after another one failed."""
        return {self.choice: self.first}

    def wire(self, status: gr.HTML) -> None:
        """Connect the list; messages go to ``status``."""
        self.status = status
        outputs = [status, self.choice, self.loaded]
        self.choice.input(
            self.load, [self.choice, self.loaded], outputs, trigger_mode="multiple", **QUIET
        )

    async def load(self, name: str, loaded: str) -> AsyncIterator[Updates]:
        """Load the chosen model; if that fails, switch back to the previous one."""
        ticket = self.models[name].load()
        async with aclosing(self.waiting.wait_for(ticket)) as places:
            async for _, elapsed_s in places:
                yield {self.status: messages.loading(name, elapsed_s)}
        if ticket.given_up:
            final_message = self.waiting.final_message(ticket)
            yield gr.skip() if final_message is None else {self.status: final_message}
            return
        try:
            ticket.result()
        except ModelError as error:
            yield {self.status: self.failed(error, name, loaded), self.choice: loaded}
        else:
            yield {self.status: messages.note(f"{name} is ready."), self.loaded: name}

"""The Train tab: recipes with their commands, and training runs while they progress."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from text2sql.ui.html import html
from text2sql.ui.training.recipes import command, read_recipes, recipes_folder
from text2sql.ui.training.run_folder import read_run, run_names, signature
from text2sql.ui.training.view import (
    INTRODUCTION,
    NO_RECIPES,
    no_runs_html,
    recipes_html,
    run_html,
)
from text2sql.ui.updates import QUIET, Updates

__all__ = ["TrainingTab"]

_TICK_S = 3.0  # how often the folder of a run is checked while the tab is open


class TrainingTab:
    """The components of the tab and what they do; make one inside a ``gr.Blocks``."""

    def __init__(self, runs: Path, recipes: Path | None = None) -> None:
        self.runs = runs
        self.recipes = {recipe.name: recipe for recipe in read_recipes(recipes or recipes_folder())}
        self.seen = gr.State(None)  # the signature of what the page shows
        self.timer = gr.Timer(_TICK_S, active=False)
        html(INTRODUCTION)
        self._build_recipes()
        html(Markup('<h2 class="t2s-heading">Runs</h2>'))
        self.run = gr.Dropdown(
            [], label="Training run", elem_id="training-run", visible=False, filterable=True
        )
        self.shown = html(no_runs_html(runs), elem_id="training")

    def _build_recipes(self) -> None:
        html(Markup('<h2 class="t2s-heading">Recipes</h2>'))
        if not self.recipes:
            html(NO_RECIPES)
            return
        table = recipes_html(tuple(self.recipes.values()))
        html(table, elem_id="recipes")
        first = "tiny" if "tiny" in self.recipes else next(iter(self.recipes))
        with gr.Row(elem_classes="t2s-command", equal_height=False):
            recipe = gr.Dropdown(
                list(self.recipes), value=first, label="Recipe", scale=1, elem_id="recipe"
            )
            typed = gr.Code(
                self.command(first),
                label="Command for a terminal",
                language="shell",
                interactive=False,
                show_line_numbers=False,
                wrap_lines=True,
                lines=1,
                buttons=["copy"],
                scale=2,
                elem_id="command",
                elem_classes="t2s-code",
            )
        recipe.input(self.command, recipe, typed, **QUIET)

    def wire(self, load: Callable[..., Any], mine: gr.Tab, tabs: gr.Tabs) -> None:
        """Connect all events; the folder is checked only while the tab ``mine`` is open."""
        others = [tab for tab in tabs.children if isinstance(tab, gr.Tab) and tab is not mine]
        outputs = [self.timer, self.run, self.seen, self.shown]
        mine.select(self.open, None, outputs, **QUIET)
        load(self.open_named, None, outputs, **QUIET)
        gr.on([tab.select for tab in others], self.close, None, self.timer, **QUIET)
        self.timer.tick(self.refresh, [self.run, self.seen], [self.seen, self.shown], **QUIET)
        self.run.input(self.show, self.run, [self.seen, self.shown], **QUIET)

    def open(self) -> Updates:
        """Handle the opening of the tab: list the runs, and show the most recent one."""
        names = run_names(self.runs)
        timer = {self.timer: gr.Timer(active=True)}
        if not names:
            return {**timer, self.shown: no_runs_html(self.runs)}
        return {
            **timer,
            self.run: gr.Dropdown(names, value=names[0], visible=True),
            **self.show(names[0]),
        }

    def open_named(self, request: gr.Request) -> Updates:
        """Handle the loading of the page, with this tab open if the address has ``?tab=train``."""
        nothing: Updates = gr.skip()
        return self.open() if request.query_params.get("tab") == "train" else nothing

    @staticmethod
    def close() -> gr.Timer:
        """Handle the opening of another tab."""
        return gr.Timer(active=False)

    def command(self, name: str) -> str:
        """Return the command for the recipe called ``name``."""
        return command(self.recipes[name], self.runs)

    def show(self, name: str) -> Updates:
        """Show the current state of a run."""
        run = read_run(self.runs, name)
        html = run_html(run) if run else no_runs_html(self.runs)
        return {self.seen: signature(self.runs / name) if run else None, self.shown: html}

    def refresh(self, name: str | None, seen: Any) -> Updates:
        """Show the run again if its files have changed since ``seen``."""
        unchanged: Updates = gr.skip()
        if name is None or name not in run_names(self.runs):
            return unchanged
        changed = seen is None or tuple(seen) != signature(self.runs / name)
        return self.show(name) if changed else unchanged

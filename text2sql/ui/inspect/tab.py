"""The Inspect tab: choose a run, filter its items, and step through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from text2sql.errors import DataError
from text2sql.ui import messages
from text2sql.ui.html import html
from text2sql.ui.inspect.evaluate_panel import EvaluatePanel
from text2sql.ui.inspect.filters import FILTER_NAMES, Choices, Filters
from text2sql.ui.inspect.location import Location
from text2sql.ui.inspect.run_choices import empty_html, problems_html, run_choices
from text2sql.ui.inspect.view import View, view
from text2sql.ui.updates import QUIET, Updates

if TYPE_CHECKING:
    from text2sql.databases import Catalog
    from text2sql.evaluation.folder import RunFolder, RunListing
    from text2sql.ui.model_thread import ModelThread

__all__ = ["InspectTab"]

_ANY = ("any", "")
_READ: dict[str, Any] = QUIET | {"concurrency_limit": 4, "concurrency_id": "sql"}


class InspectTab:
    """The components of the tab and what they do; make one inside a ``gr.Blocks``."""

    def __init__(
        self, model: ModelThread, catalog: Catalog, folder: RunFolder, evaluating: int = 0
    ) -> None:
        self.catalog = catalog
        self.folder = folder
        self.current = gr.State(0)  # the number of the item on the page, from 1
        self.address = gr.Textbox(visible=False, label="Address")
        with gr.Row(elem_classes="t2s-top", equal_height=False):
            self.run = gr.Dropdown([], label="Run", elem_id="run-choice")
            # left out rather than hidden, because events of hidden components can still be called
            self.panel = (
                EvaluatePanel(model, catalog, folder.path, evaluating) if evaluating else None
            )
        self.problems = html(elem_id="run-problems")
        self.status = html(elem_id="inspect-status")
        with gr.Column(visible=False) as self.body:
            self._build_filters()
            with gr.Row(elem_classes="t2s-inspect", equal_height=False):
                with gr.Column(scale=1, min_width=300, elem_classes="t2s-list"):
                    self._build_list()
                with gr.Column(scale=3, min_width=420):
                    self.item = html(elem_id="item")

    def _build_filters(self) -> None:
        with gr.Row(elem_classes="t2s-filters", equal_height=False):
            self.choices = [
                gr.Dropdown([_ANY], value="", label=label, min_width=120)
                for label in ("Database", "Hardness", "Verdict", "Clause")
            ]
            self.text = gr.Textbox(
                label="Search", placeholder="words", lines=1, min_width=120, elem_id="item-text"
            )
            self.disagree = gr.Checkbox(
                label="Metrics disagree", min_width=120, elem_id="item-disagree"
            )

    def _build_list(self) -> None:
        with gr.Row(elem_classes="t2s-bar"):
            self.previous = gr.Button("Previous", size="sm", min_width=90, elem_id="item-previous")
            self.next = gr.Button("Next", size="sm", min_width=90, elem_id="item-next")
        self.count = html(elem_id="item-count")
        self.list = html(elem_id="items")

    @property
    def _here(self) -> list[Any]:
        """The components that hold the location: the run, the item, the filters."""
        return [self.run, self.current, *self.choices, self.text, self.disagree]

    @property
    def _shown(self) -> list[Any]:
        """The components that change with the item."""
        return [
            self.status, self.body, self.count, self.list, self.item, self.previous, self.next,
            self.current, self.address,
        ]  # fmt: skip

    @property
    def outputs(self) -> list[Any]:
        """The components that change with the run."""
        fields = [self.run, *self.choices, self.text, self.disagree]
        return [*fields, self.problems, *self._shown]

    def wire(self, opener: gr.Button, tab: gr.Tab, load: Callable[..., Any]) -> None:
        """Connect all events; address.js presses ``opener`` for links to items, and for Back."""
        opening: dict[str, Any] = _READ | {
            "fn": self.open_address, "inputs": self.address, "outputs": self.outputs
        }  # fmt: skip
        opened = opener.click(
            js="() => t2s.reads('#run-choice', t2s.wanted())", trigger_mode="multiple", **opening
        )
        # during quick typing only the last state is looked up; the input event of a Textbox
        # misses pasted and deleted text
        narrowed = [self.text.change, self.disagree.input, *(c.input for c in self.choices)]
        narrow: dict[str, Any] = _READ | {"trigger_mode": "always_last"}
        for event in (
            opened,
            tab.select(js="() => t2s.reads('#run-choice', t2s.addressOf('inspect'))", **opening),
            load(self.restore, None, self.outputs, js="() => t2s.reads('#run-choice')", **_READ),
            *self._made(),
            self.run.input(
                self.open_run,
                self._here,
                self.outputs,
                js="(...here) => t2s.reads('#run-choice', here)",
                **_READ,
            ),
            gr.on(narrowed, self.show, self._here, self._shown, **narrow),
            self.previous.click(self.go_back, self._here, self._shown, **_READ),
            self.next.click(self.go_on, self._here, self._shown, **_READ),
        ):  # fmt: skip
            event.then(None, self.address, js="(address) => t2s.followItem(address)")

    def _made(self) -> list[Any]:
        """Return the event that opens a run made on the page, if the page offers that."""
        if self.panel is None:
            return []
        made = self.panel.wire()
        return [made.then(self.open_made, self.panel.made, self.outputs, **_READ)]

    # event handlers

    def restore(self, request: gr.Request) -> Updates:
        """Open the run and the item of the address, if it names this tab."""
        if request.query_params.get("tab") != "inspect":
            return _unchanged()
        return self.open(Location.from_query(dict(request.query_params)))

    def open_address(self, address: str) -> Updates:
        """Open the location of a link or the last one of the tab, and list the folder again."""
        return self.open(Location.from_address(address))

    def open_run(self, run: str | None, item: int, *filters: Any) -> Updates:
        """Open another run at the same item, with the filters that it offers."""
        return self.open(Location(run or "", item, _filters(filters)))

    def open_made(self, run: str) -> Updates:
        """Open the run that was just made, if any."""
        return self.open(Location(run)) if run else _unchanged()

    def open(self, place: Location) -> Updates:
        """Open a run with its choices; without a name, the newest run."""
        try:
            listing = self.folder.listing()
        except DataError as error:
            return self._nothing(messages.alert(str(error)))
        name = place.run or next((run.name for run in listing.runs), "")
        listed = self._listed(listing, name)
        if not name:
            return {**listed, **self._nothing(empty_html(self.folder, self.panel is not None))}
        try:
            found = view(self.folder, self.catalog, Location(name, place.item, place.filters))
        except DataError as error:
            return {**listed, **self._nothing(messages.alert(str(error)))}
        return {**listed, **self._chosen(found.choices, found.place.filters), **self._view(found)}

    def show(self, run: str, item: int, *filters: Any) -> Updates:
        """Show the item, or the next one that matches if the filters exclude it."""
        return self._step(0, run, item, *filters)

    def go_on(self, run: str, item: int, *filters: Any) -> Updates:
        """Handle the Next button."""
        return self._step(1, run, item, *filters)

    def go_back(self, run: str, item: int, *filters: Any) -> Updates:
        """Handle the Previous button."""
        return self._step(-1, run, item, *filters)

    def _step(self, by: int, run: str | None, item: int, *filters: Any) -> Updates:
        if not run:  # a component that is added to the page reports a change
            return _unchanged()
        try:
            place = Location(run, item, _filters(filters))
            return self._view(view(self.folder, self.catalog, place, by))
        except DataError as error:
            return self._nothing(messages.alert(str(error)))

    # updates

    def _listed(self, listing: RunListing, run: str) -> Updates:
        choices = run_choices(listing)
        known = run in [name for _, name in choices]
        return {
            self.run: gr.Dropdown(choices, value=run if known else None),
            self.problems: problems_html(listing),
        }

    def _chosen(self, choices: Choices, filters: Filters) -> Updates:
        fields = (choices.database, choices.hardness, choices.verdict, choices.clause)
        values = (filters.database, filters.hardness, filters.verdict, filters.clause)
        return {
            **{
                dropdown: gr.Dropdown([_ANY, *found], value=value)
                for dropdown, found, value in zip(self.choices, fields, values, strict=True)
            },
            self.text: filters.text,
            self.disagree: filters.disagree,
        }

    def _view(self, found: View) -> Updates:
        return {
            self.status: "",
            self.body: gr.Column(visible=True),
            self.count: found.count,
            self.list: found.list,
            self.item: found.item,
            self.previous: gr.Button(interactive=not found.first),
            self.next: gr.Button(interactive=not found.last),
            self.current: found.place.item,
            self.address: found.place.address,
        }

    def _nothing(self, status: str) -> Updates:
        return {self.status: status, self.body: gr.Column(visible=False), self.address: ""}


def _filters(values: Sequence[Any]) -> Filters:
    """Read the fields; one that was never on the page holds None."""
    known = {name: value for name, value in zip(FILTER_NAMES, values, strict=True) if value}
    return Filters(**known)


def _unchanged() -> Updates:
    nothing: Updates = gr.skip()
    return nothing

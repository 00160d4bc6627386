"""The Report tab: the numbers of a run, a comparison with another run, and downloads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import gradio as gr
from markupsafe import Markup

from text2sql.errors import DataError
from text2sql.evaluation.comparison import compare_items
from text2sql.evaluation.report.html import report_html
from text2sql.ui import messages
from text2sql.ui.html import html
from text2sql.ui.inspect.run_choices import empty_html, problems_html, run_choices
from text2sql.ui.report.numbers import made_html, numbers_html, plots_html
from text2sql.ui.report.published import published_html
from text2sql.ui.report.robustness import robustness_html
from text2sql.ui.report.versus import versus_html
from text2sql.ui.updates import QUIET, Updates

if TYPE_CHECKING:
    from text2sql.evaluation.folder import RunFolder, RunListing

__all__ = ["ReportTab"]

_NO_OTHER = ("none", "")


class ReportTab:
    """The components of the tab and what they do; make one inside a ``gr.Blocks``."""

    def __init__(self, folder: RunFolder, evaluating: bool = False) -> None:
        self.folder = folder
        self.evaluating = evaluating
        self.address = gr.Textbox(visible=False, label="Address")
        self.file = gr.Textbox(visible=False, label="File")
        with gr.Row(elem_classes="t2s-runs", equal_height=False):
            self.run = gr.Dropdown([], label="Run", elem_id="report-run", min_width=260)
            self.other = gr.Dropdown(
                [_NO_OTHER], value="", label="Compare with", elem_id="report-other", min_width=260
            )
        self.problems = html(elem_id="report-problems")
        self.status = html(elem_id="report-status")
        with gr.Column(visible=False) as self.body:
            self.numbers = html(elem_id="numbers")
            with gr.Row(elem_classes="t2s-bar"):
                self.html = gr.Button("HTML report", size="sm", scale=0, min_width=120)
                self.json = gr.Button("JSON", size="sm", scale=0, min_width=72)
            self.versus = html(elem_id="versus")
            self.plots = html(elem_id="plots")
            self.published = html(elem_id="published")
            self.made = html(elem_id="made")
        self.robustness = html(elem_id="robustness")

    @property
    def outputs(self) -> list[Any]:
        return [
            self.run, self.other, self.problems, self.status, self.body, self.numbers, self.versus,
            self.plots, self.published, self.made, self.robustness, self.address,
        ]  # fmt: skip

    def wire(self, opener: gr.Button, tab: gr.Tab, load: Callable[..., Any]) -> None:
        """Connect all events; the folder is listed again whenever ``tab`` is shown.

        address.js presses ``opener`` when Back or Forward leads to another report.
        """
        chosen = [self.run, self.other]
        opening: dict[str, Any] = QUIET | {
            "fn": self.open_address, "inputs": self.address, "outputs": self.outputs
        }  # fmt: skip
        for event in (
            load(self.restore, None, self.outputs, js="() => t2s.reads('#report-run')", **QUIET),
            opener.click(
                js="() => t2s.reads('#report-run', t2s.wanted())",
                trigger_mode="multiple",
                **opening,
            ),
            tab.select(js="() => t2s.reads('#report-run', t2s.addressOf('report'))", **opening),
            gr.on(
                [c.input for c in chosen],
                self.open,
                chosen,
                self.outputs,
                js="(...runs) => t2s.reads('#report-run', runs)",
                **QUIET,
            ),
        ):  # fmt: skip
            event.then(None, self.address, js="(address) => t2s.follow('report', address)")
        self._wire_files()

    def _wire_files(self) -> None:
        kinds = {"html": "text/html", "json": "application/json"}
        for button, write, kind in (
            (self.html, self.write_html, "html"),
            (self.json, self.write_json, "json"),
        ):
            button.click(write, self.run, self.file, **QUIET).then(
                None,
                [self.file, self.run],
                js=f"(text, run) => t2s.save(text, run + '.{kind}', '{kinds[kind]}')",
            )

    def restore(self, request: gr.Request) -> Updates:
        """Open the runs of the address, if it names this tab."""
        query = request.query_params
        if query.get("tab") == "report":
            return self.open(query.get("run"), query.get("other"))
        nothing: Updates = gr.skip()
        return nothing

    def open_address(self, address: str) -> Updates:
        """Open what the tab showed last."""
        query = dict(parse_qsl(address.lstrip("?")))
        return self.open(query.get("run"), query.get("other"))

    def open(self, run: str | None, other: str | None) -> Updates:
        """Show the report of a run (by default the newest) and its comparison with another."""
        try:
            listing = self.folder.listing()
        except DataError as error:
            return self._nothing(messages.alert(str(error)))
        name = run or next((found.name for found in listing.runs), "")
        other = other if other != name else None
        listed = self._listed(listing, name, other)
        if not name:
            return {**listed, **self._nothing(empty_html(self.folder, self.evaluating))}
        try:
            return {**listed, **self._report(name, other)}
        except DataError as error:
            return {**listed, **self._nothing(messages.alert(str(error)))}

    def _listed(self, listing: RunListing, name: str, other: str | None) -> Updates:
        names = [found.name for found in listing.runs]
        choices = run_choices(listing)
        others = [choice for choice in choices if choice[1] != name]
        return {
            self.run: gr.Dropdown(choices, value=name if name in names else None),
            self.other: gr.Dropdown([_NO_OTHER, *others], value=other if other in names else ""),
            self.problems: problems_html(listing),
            self.robustness: robustness_html(self.folder.robustness()),
        }

    def _report(self, name: str, other: str | None) -> Updates:
        run, report = self.folder.run(name), self.folder.report(name)
        return {
            self.status: "",
            self.body: gr.Column(visible=True),
            self.numbers: numbers_html(report),
            self.versus: self._versus(other, name) if other else "",
            self.plots: plots_html(report),
            self.published: Markup("<h3>Published results</h3>{}").format(
                published_html(run, report)
            ),
            self.made: made_html(run.manifest),
            self.address: "?"
            + urlencode({"tab": "report", "run": name, **({"other": other} if other else {})}),
        }

    def _versus(self, before: str, after: str) -> Markup:
        try:
            comparison = compare_items(self.folder.items(before), self.folder.items(after))
        except DataError as error:
            return messages.alert(str(error))
        return versus_html(comparison, before, after)

    def _nothing(self, status: str) -> Updates:
        return {self.status: status, self.body: gr.Column(visible=False), self.address: ""}

    def write_html(self, name: str) -> str:
        """Return the report as a self-contained HTML page."""
        run = self.folder.run(name)
        return report_html(self.folder.report(name), run.model, run.manifest)

    def write_json(self, name: str) -> str:
        """Return the report as ``text2sql evaluate --json`` prints it."""
        return json.dumps(self.folder.report(name).to_dict(), ensure_ascii=False)

"""The content of the Train tab as HTML, with everything that varies escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from text2sql.plots.charts import named
from text2sql.plots.curves import Series, lines
from text2sql.ui.cells import html_table
from text2sql.ui.training.recipes import Recipe
from text2sql.ui.training.run_folder import RecordedRun

__all__ = ["INTRODUCTION", "NO_RECIPES", "no_runs_html", "recipes_html", "run_html"]

INTRODUCTION = Markup(
    '<p class="t2s-lead">A recipe defines a training run: the base model, the data, the number of '
    "epochs. Start a run in a terminal. It writes to its own folder: the model, its metrics after "
    "each epoch, and its answer to a sample question each time.</p>"
)
NO_RECIPES = Markup(
    '<p class="t2s-hint">The training package is not installed here, so there are no recipes. '
    "A checkout of the project has them.</p>"
)

#: Columns of metrics.csv that are losses, and those that are shares, with their labels.
_LOSSES = {
    "train_loss": "train loss",
    "validation_loss": "validation loss",
    "loss": "train loss",
}
_SHARES = {
    "exact_match": "exact match",
    "rouge1": "ROUGE-1",
    "exact_set": "exact set",
    "execution": "execution",
    "held_out": "right, held out",
}
_SHOWN_SAMPLES = 30
_LONGEST_MANIFEST = 100_000  # characters


def recipes_html(recipes: Sequence[Recipe]) -> Markup:
    """Return the recipes as a table with their purposes and their changes to the defaults."""
    rows = Markup("").join(
        Markup(
            '<tr><th scope="row"><code>{}</code></th><td>{}</td><td>{}</td><td>{}</td></tr>'
        ).format(recipe.name, recipe.about, recipe.trainer, _differences(recipe.values))
        for recipe in recipes
    )
    return Markup(
        '<div class="t2s-scroll" tabindex="0" role="region" aria-label="Recipes">'
        '<table class="t2s-recipes"><caption>Recipes</caption><thead><tr>'
        '<th scope="col">Recipe</th><th scope="col">Purpose</th><th scope="col">Trainer</th>'
        '<th scope="col">Changes to the defaults</th></tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(rows)


def _differences(values: Mapping[str, Any]) -> Markup:
    shown = (f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
    return Markup(" ").join(Markup("<code>{}</code>").format(t) for t in shown) or Markup("nothing")


def no_runs_html(folder: Path) -> Markup:
    """Return the message that there are no runs."""
    return Markup(
        '<p class="t2s-hint">There are no training runs in <code>{}</code> yet. Start one with a '
        "<code>text2sql train</code> command, or start the page with <code>--runs DIR</code> to "
        "use another folder.</p>"
    ).format(str(folder))


def run_html(run: RecordedRun) -> Markup:
    """Return the state of a run: curves, sample question, metrics, manifest."""
    said = _problems(run.problems)
    if not run.rows:
        waiting = Markup('<p class="t2s-hint" role="status">No metrics yet.</p>')
        return said + waiting + _manifest(run.manifest)
    parts = [said, *_plots(run), _samples(run), _numbers(run), _manifest(run.manifest)]
    return Markup("").join(parts)


def _problems(problems: Sequence[str]) -> Markup:
    lines = Markup("").join(Markup("<li>{}</li>").format(problem) for problem in problems)
    return Markup('<ul class="t2s-alert t2s-odd">{}</ul>').format(lines) if lines else Markup()


def _across(run: RecordedRun) -> str:
    """Return the x axis: pocket runs measure more than once per epoch, so they use steps."""
    return "step" if "step" in run.columns else "epoch"


def _plots(run: RecordedRun) -> Iterator[Markup]:
    across = _across(run)
    losses, shares = _series(run, _LOSSES, across), _series(run, _SHARES, across)
    yield Markup('<div class="t2s-plots">')
    if losses:
        yield Markup("<section><h3>Loss</h3>{}</section>").format(_curves(losses, across))
    if shares:
        yield Markup("<section><h3>Right answers, in percent</h3>{}</section>").format(
            _curves(shares, across, 100)
        )
    yield Markup("</div>")


def _curves(series: Mapping[str, Series], across: str, most: float | None = None) -> Markup:
    """Draw the lines with a legend that gives the last value of each."""
    last = [(name, f"{line[-1][1]:.4g}") for name, line in series.items()]
    names = Markup(" ").join(
        Markup('<span><i class="s{}"></i>{} <strong>{}</strong></span>').format(number, *end)
        for number, end in enumerate(last)
    )
    drawn = lines(series, across, most, legend=False)
    said = "; ".join(" ".join(end) for end in last)
    return Markup(
        '<figure class="t2s-plot"><div class="t2s-scroll" tabindex="0" role="region" '
        'aria-label="Curves">{}</div>'
        '<figcaption class="t2s-legend">{}</figcaption></figure>'
    ).format(named(drawn, f"Curves; at the end {said}"), names)


def _series(run: RecordedRun, names: Mapping[str, str], across: str) -> dict[str, Series]:
    found: dict[str, Series] = {}
    for column, name in names.items():
        pairs = [(row.get(across), row.get(column)) for row in run.rows]
        points = [(x, y) for x, y in pairs if x is not None and y is not None]
        if points:
            found[name] = points
    return found


def _samples(run: RecordedRun) -> Markup:
    if not run.samples:
        return Markup()
    across, last = _across(run), run.samples[-1]
    lines = Markup("").join(
        Markup("<li><span>{} {:g}</span>{}</li>").format(
            across, getattr(sample, across), _sql(sample.predicted)
        )
        for sample in reversed(run.samples[-_SHOWN_SAMPLES:])
    )
    return Markup(
        '<section class="t2s-sample"><h3>Sample question</h3>'
        "<p>{}</p>"
        '<ol aria-label="The gold query and the answers of the model, newest first">'
        "<li><span>gold</span>{}</li>{}</ol></section>"
    ).format(last.question, _sql(last.gold), lines)


def _sql(text: str) -> Markup:
    if not text:
        return Markup("<em>no readable query</em>")
    return Markup("<code>{}</code>").format(text)


def _numbers(run: RecordedRun) -> Markup:
    rows = [[_shown(row[name]) for name in run.columns] for row in run.rows]
    table = html_table(run.columns, rows, "Metrics of the run")
    return Markup(
        '<details class="t2s-card"><summary><span class="t2s-name">Metrics</span></summary>'
        '<div class="t2s-scroll t2s-inner" tabindex="0" role="region" aria-label="Metrics">'
        "{}</div></details>"
    ).format(table)


def _shown(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _manifest(manifest: Mapping[str, Any]) -> Markup:
    if not manifest:
        return Markup()
    text = json.dumps(manifest, indent=1, ensure_ascii=False)[:_LONGEST_MANIFEST]
    return Markup(
        '<details class="t2s-card"><summary><span class="t2s-name">How it was made</span>'
        '</summary><pre class="t2s-made" tabindex="0">{}</pre></details>'
    ).format(text)

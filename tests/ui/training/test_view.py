"""A training run as HTML."""

from __future__ import annotations

import re

from text2sql.ui.training.run_folder import RecordedRun, Sample
from text2sql.ui.training.view import run_html

SEQ2SEQ = RecordedRun(
    "large",
    {"recipe": "large"},
    ("epoch", "train_loss", "validation_loss", "exact_match", "rouge1"),
    (
        {
            "epoch": 1.0,
            "train_loss": None,
            "validation_loss": 2.0,
            "exact_match": 5.0,
            "rouge1": 60.0,
        },
        {
            "epoch": 2.0,
            "train_loss": 1.5,
            "validation_loss": 1.0,
            "exact_match": 20.0,
            "rouge1": 80.0,
        },
    ),
    (Sample(1.0, 5, "Who?", "SELECT 1", ""), Sample(2.0, 10, "Who?", "SELECT 1", "SELECT 2")),
)


def legends(html: str) -> list[str]:
    captions = re.findall(r"<figcaption[^>]*>(.*?)</figcaption>", html)
    return [re.sub(r"<.*?>", "", caption.replace("</span> ", ", ")) for caption in captions]


def test_loss_and_right_answers_are_drawn_over_epochs_with_their_last_value() -> None:
    html = run_html(SEQ2SEQ)
    assert legends(html) == [
        "train loss 1.5, validation loss 1",
        "exact match 20, ROUGE-1 80",
    ]
    assert html.count("<circle") == 7  # what was not measured has no point
    assert ">epoch</text>" in html


def test_a_pocket_run_is_drawn_over_steps() -> None:
    columns = ("epoch", "step", "minutes", "loss", "mention", "held_out")
    rows = ({"epoch": 1.0, "step": 570.0, "loss": 2.0, "held_out": 46.0},)
    run = RecordedRun("p", {}, columns, tuple(dict.fromkeys(columns) | row for row in rows), ())
    html = run_html(run)
    assert legends(html) == ["train loss 2", "right, held out 46"]
    assert ">step</text>" in html


def test_the_sample_is_shown_for_each_epoch_the_latest_first() -> None:
    html = run_html(SEQ2SEQ)
    lines = re.findall(r"<li><span>(.*?)</span>(.*?)</li>", html)
    assert lines == [
        ("gold", "<code>SELECT 1</code>"),
        ("epoch 2", "<code>SELECT 2</code>"),
        ("epoch 1", "<em>no readable query</em>"),
    ]


def test_a_run_that_has_just_begun_says_so() -> None:
    assert "No metrics yet" in run_html(RecordedRun("new", {}, (), (), ()))


def test_what_a_model_or_a_file_says_stays_text() -> None:
    bad = "<script>x</script>"
    run = RecordedRun(
        bad, {bad: bad}, ("epoch", bad, "loss"), ({"epoch": 1.0, bad: 1.0, "loss": 1.0},),
        (Sample(1.0, 1, bad, bad, bad),),
    )  # fmt: skip
    assert "<script>" not in run_html(run)

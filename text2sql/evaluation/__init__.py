"""Evaluation of a system on many questions: a report with every metric, saved in one file.

>>> from text2sql.evaluation import evaluate
>>> evaluate("pocket", examples, catalog).totals["execution"].percent
"""

from text2sql.evaluation.comparison import Comparison, compare_runs
from text2sql.evaluation.evaluate import evaluate, score
from text2sql.evaluation.items import DEFAULT_METRICS, METRICS, Item, check_metrics
from text2sql.evaluation.predictions import Predictions, load_predictions, save_predictions
from text2sql.evaluation.run import Prediction, Run
from text2sql.evaluation.totals import Report, make_report
from text2sql.evaluation.workers import fitting_workers

__all__ = [
    "DEFAULT_METRICS",
    "METRICS",
    "Comparison",
    "Item",
    "Prediction",
    "Predictions",
    "Report",
    "Run",
    "check_metrics",
    "compare_runs",
    "evaluate",
    "fitting_workers",
    "load_predictions",
    "make_report",
    "save_predictions",
    "score",
]

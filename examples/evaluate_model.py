# %% [markdown]
# Evaluate a model on questions with gold queries, and print its errors.
# Run the cells in an editor that supports `# %%`, or run python examples/evaluate_model.py

# %% the questions of the bundled samples; load_examples also reads Spider's dev.json
import random
from pathlib import Path

from text2sql import Catalog, evaluate, load_examples
from text2sql.databases import SAMPLES

catalog = Catalog.open()
examples = load_examples(Path(SAMPLES) / "questions.json")
asked = random.Random(0).sample(examples, 16)

# %% one metric compares rows, the other compares clauses
report = evaluate("pocket", asked, catalog, metrics=["execution", "exact_set"])
assert report is not None  # None is for the further processes of `accelerate launch`
for name, score in report.totals.items():
    print(f"{name}: {score.percent:.1f}% ({score.low:.1f} to {score.high:.1f}) of {score.n}")

# %% the errors
for item in report.items:
    if item.scores["execution"] < 1:
        print(f"\n{item.example.question}\n  gold: {item.example.query}\n  said: {item.prediction}")

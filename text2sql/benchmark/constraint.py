"""Measure what the decoding constraint costs, and whether all SQL that it allows runs.

Both are measured on random weights, the worst possible model. First a small model writes --outputs
queries over 20 databases, to count how many parse and run. Then a model with the geometry of
flan-t5-large (on a CPU: flan-t5-base) answers --timed questions with four beams, to measure the
constraint's share of the time. The constraint's own time does not depend on the model, so its share
is smaller for a larger one. The questions are Spider's dev set if its folder is found, else the
bundled samples.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_json, add_spider_dir, positive

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from text2sql.databases import Catalog, Database
    from text2sql.generators.seq2seq import Seq2SeqGenerator
    from text2sql.spider import Example

__all__ = ["GEOMETRIES", "add_arguments", "measure_outputs", "measure_speed", "run"]

#: The sizes of Flan-T5, and one of a few megabytes.
GEOMETRIES: dict[str, dict[str, int]] = {
    "large": {"d_model": 1024, "d_ff": 2816, "num_layers": 24, "num_heads": 16, "d_kv": 64},
    "base": {"d_model": 768, "d_ff": 2048, "num_layers": 12, "num_heads": 12, "d_kv": 64},
    "tiny": {"d_model": 64, "d_ff": 128, "num_layers": 2, "num_heads": 4, "d_kv": 16},
}
_DATABASES = 20
_FREE_ROWS = 28  # rows of T5's embedding that belong to no token
_TOKENIZER = "google/flan-t5-large"
_TIMED = {"cuda": ("large", 10), "cpu": ("base", 2)}  # takes the device a minute or two


@dataclass(frozen=True)
class Outputs:
    """How many of ``outputs`` queries parse and run; ``failed`` holds those that do not run."""

    outputs: int
    databases: int
    parse: int
    run: int
    failed: tuple[str, ...]


@dataclass(frozen=True)
class Speed:
    """Seconds of generation in total and in the constraint; ``steps`` counts tokens per beam."""

    geometry: str
    device: str
    dtype: str
    questions: int
    steps: int
    seconds: float
    constraint_seconds: float

    @property
    def share(self) -> float:
        return self.constraint_seconds / self.seconds

    @property
    def ms_per_step(self) -> float:
        return 1000 * self.constraint_seconds / max(self.steps, 1)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--tokenizer",
        default=_TOKENIZER,
        metavar="ID",
        help="hub id or folder of a T5 tokenizer (default: %(default)s)",
    )
    parser.add_argument(
        "--geometry",
        choices=GEOMETRIES,
        help="to be timed (default: large on a GPU, base on a CPU)",
    )
    parser.add_argument("--outputs", type=positive(int), default=200, metavar="N")
    parser.add_argument(
        "--timed",
        type=positive(int),
        metavar="N",
        help="questions (default: 10 on a GPU, 2 on a CPU)",
    )
    add_spider_dir(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    from text2sql.databases import Catalog
    from text2sql.generators import accelerator
    from text2sql.terminal import print_json

    catalog = Catalog.open(args.spider_dir)
    tokenizer = _load_tokenizer(args.tokenizer)
    found = measure_outputs(tokenizer, questions(catalog, args.outputs), catalog)
    geometry, count = _TIMED[accelerator.device()]
    timed = questions(catalog, args.timed or count)
    speed = measure_speed(tokenizer, timed, catalog, args.geometry or geometry)
    if args.json:
        shares = {"share": round(speed.share, 4), "ms_per_step": round(speed.ms_per_step, 3)}
        print_json({"outputs": asdict(found), "speed": asdict(speed) | shares})
        return 0
    for sql in found.failed:
        print(f"did not run: {sql}")
    print(
        f"{found.outputs} outputs over {found.databases} databases: {found.parse} parse, "
        f"{found.run} run.\n"
        f"{speed.geometry} geometry in {speed.dtype} on {speed.device}, 4 beams: "
        f"{speed.ms_per_step:.1f} ms a step, {speed.share:.1%} of {speed.seconds:.1f} s for "
        f"{speed.questions} questions."
    )
    return 0


def questions(catalog: Catalog, count: int) -> list[Example]:
    """Take ``count`` questions in turn from the first 20 databases, starting again at the end."""
    from text2sql.spider import load_examples

    files = catalog.question_files()
    by_database: dict[str, list[Example]] = {}
    for example in load_examples(files.get("Spider") or files["Samples"]):
        by_database.setdefault(example.db_id, []).append(example)
    groups = list(by_database.values())[:_DATABASES]
    turns = ((groups[n % len(groups)], n // len(groups)) for n in range(count))
    return [group[turn % len(group)] for group, turn in turns]


def measure_outputs(
    tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example], catalog: Catalog
) -> Outputs:
    """Answer with a small random model whose output layer is redrawn for each question."""
    import torch
    from tqdm import tqdm

    from text2sql.sandbox import run_query

    generator = _random_generator(tokenizer, "tiny", _Spent())
    parse = ran = 0
    failed = []
    for seed, example in enumerate(tqdm(examples, desc="writing", disable=None)):
        torch.manual_seed(seed)
        torch.nn.init.normal_(generator.model.lm_head.weight)
        database = catalog.get(example.db_id)
        sql = _best(generator, example, database)
        runs = run_query(database, sql).error is None
        parse += _parses(sql)
        ran += runs
        failed += [] if runs else [sql]
    databases = len({example.db_id for example in examples})
    return Outputs(len(examples), databases, parse, ran, tuple(failed))


def measure_speed(
    tokenizer: PreTrainedTokenizerBase,
    examples: Sequence[Example],
    catalog: Catalog,
    geometry: str = "large",
) -> Speed:
    """Time generation and the constraint's part of it, after a short warm-up."""
    from tqdm import tqdm

    from text2sql.generators.base import Options

    spent = _Spent()
    generator = _random_generator(tokenizer, geometry, spent)
    first = examples[0]
    generator.generate(first.question, catalog.get(first.db_id), Options(max_length=16))
    spent.steps, spent.seconds = 0, 0.0
    started = time.perf_counter()
    for example in tqdm(examples, desc="timing", disable=None):
        _best(generator, example, catalog.get(example.db_id))
    seconds = time.perf_counter() - started
    model = generator.model
    device, dtype = str(model.device), str(model.dtype).removeprefix("torch.")
    return Speed(geometry, device, dtype, len(examples), spent.steps, seconds, spent.seconds)


@dataclass
class _Spent:
    """The time spent in the constraint so far."""

    seconds: float = 0.0
    steps: int = 0


def _random_generator(
    tokenizer: PreTrainedTokenizerBase, geometry: str, spent: _Spent
) -> Seq2SeqGenerator:
    """A model with random weights, served like a trained one apart from the timing."""
    import torch
    from transformers import LogitsProcessorList, T5Config, T5ForConditionalGeneration

    from text2sql.constraint.processor import ConstraintProcessor
    from text2sql.generators import accelerator
    from text2sql.generators.base import Options
    from text2sql.generators.seq2seq import Seq2SeqGenerator
    from text2sql.schema import Schema

    class Timed(ConstraintProcessor):
        def __call__(self, input_ids: Any, scores: Any) -> Any:
            if scores.is_cuda:  # wait for the model's work, which must not count here
                torch.cuda.synchronize()
            started = time.perf_counter()
            limited = super().__call__(input_ids, scores)
            spent.seconds += time.perf_counter() - started
            spent.steps += 1
            return limited

    class Measured(Seq2SeqGenerator):
        def _processors(self, schema: Schema, options: Options, prompt: int) -> LogitsProcessorList:
            return LogitsProcessorList([Timed(self.constraint(schema), options.max_length)])

    torch.manual_seed(0)
    settings: dict[str, Any] = {
        "vocab_size": len(tokenizer) + _FREE_ROWS,
        "feed_forward_proj": "gated-gelu",
        "decoder_start_token_id": tokenizer.pad_token_id,
        **GEOMETRIES[geometry],
    }
    model: Any = T5ForConditionalGeneration(T5Config(**settings))
    model.eval()
    # in Flan-T5, the output layer is not tied to the embedding
    model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.lm_head.weight))
    return Measured(model.to(accelerator.device(), accelerator.dtype()), tokenizer)


def _best(generator: Seq2SeqGenerator, example: Example, database: Database) -> str:
    from text2sql.generators.base import Options

    found = generator.generate(example.question, database, Options())
    return found[0].sql if found else ""


def _parses(sql: str) -> bool:
    from text2sql.errors import QueryError
    from text2sql.query.limits import read_trees

    try:
        return len(read_trees(sql)) > 0
    except QueryError:
        return False


def _load_tokenizer(name: str) -> PreTrainedTokenizerBase:
    """A tokenizer from a folder, the cache or the hub.

    Raises:
        ModelError: it is neither a local folder nor available from the hub.
    """
    from transformers import AutoTokenizer

    from text2sql.errors import ModelError

    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"There is no tokenizer {name!r} here or on the hub; name the folder of one with "
            "--tokenizer."
        ) from error
    return tokenizer

"""Base and adapter from folders, and what is said when they are missing or do not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import T5ForConditionalGeneration

from tests.tiny_t5 import save_adapter, save_base
from text2sql.errors import ModelError
from text2sql.generators.checkpoint import Checkpoint
from text2sql.generators.model_folder import is_hub_id
from text2sql.generators.t5 import declare_untied_output

# peft asks transformers 5 by an old name
pytestmark = pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")

FLAN = "google/flan-t5-large"
SPIDER = "artmiss/flan-t5-large-spider-text2sql"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory, base: Path) -> Path:
    return save_adapter(tmp_path_factory.mktemp("adapter"), base)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No hub and nothing of it in a cache."""

    def refuse(source: str, **options: object) -> str:
        raise FileNotFoundError(f"no connection for {source}\nand more")

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)


def logits(model: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        ids = torch.tensor([[5, 6, 7, 1]])
        found: torch.Tensor = model(input_ids=ids, decoder_input_ids=torch.tensor([[0, 4]])).logits
    return found


def test_the_reference_s_name_stands_for_its_base_and_adapter() -> None:
    assert Checkpoint.find("flan-t5-large") == Checkpoint(FLAN, SPIDER)
    assert Checkpoint.find("flan-t5-large", base="b") == Checkpoint("b", SPIDER)
    assert Checkpoint.find("flan-t5-large", adapter="a") == Checkpoint(FLAN, "a")
    assert Checkpoint.find("flan-t5-large", adapter="none") == Checkpoint(FLAN, None)


def test_a_folder_is_an_adapter_or_a_whole_model(base: Path, adapter: Path) -> None:
    assert Checkpoint.find(str(adapter)) == Checkpoint(str(base), str(adapter))
    assert Checkpoint.find(str(base)) == Checkpoint(str(base), None)
    assert Checkpoint.find(str(base), adapter=str(adapter)) == Checkpoint(str(base), str(adapter))


def test_a_merged_adapter_gives_the_same_logits(base: Path, adapter: Path) -> None:
    model = T5ForConditionalGeneration.from_pretrained(base)
    declare_untied_output(model)
    plain = logits(model.eval())
    adapted = logits(PeftModel.from_pretrained(model, adapter).eval())
    merged = Checkpoint(str(base), str(adapter)).load_model()
    assert not torch.allclose(plain, adapted, atol=1e-2)  # or the adapter would do nothing
    assert torch.allclose(logits(merged), adapted, atol=1e-4)


def test_a_merged_model_can_be_saved_and_served_again(
    base: Path, adapter: Path, tmp_path: Path
) -> None:
    merged = Checkpoint(str(base), str(adapter)).load_model()
    merged.save_pretrained(tmp_path)
    again = Checkpoint(str(tmp_path)).load_model()
    assert torch.equal(logits(again), logits(merged))


@pytest.mark.usefixtures("offline")
def test_what_is_missing_is_named_with_its_size_and_a_way_out() -> None:
    with pytest.raises(ModelError) as caught:
        _ = Checkpoint.find("flan-t5-large").folders
    assert str(caught.value) == (
        f"{SPIDER!r} is not on this machine and could not be downloaded (no connection for "
        f"{SPIDER}). Needed: {FLAN} (3.1 GB) and {SPIDER} (about 75 MB); run `hf download {FLAN}` "
        f"and `hf download {SPIDER}` while connected to the internet, or name local folders with "
        "--base and --adapter. --model pocket works without a download."
    )


def test_a_folder_that_is_not_there_is_named(base: Path) -> None:
    with pytest.raises(ModelError, match=r"^There is no folder '/none'; name an existing one, or"):
        _ = Checkpoint(str(base), "/none").folders


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"contains no model: it needs config\.json and model\.safe"
    ):
        Checkpoint.find(str(tmp_path))


def test_a_whole_model_has_no_other_base(base: Path) -> None:
    with pytest.raises(ModelError, match="is a whole model and takes no other base"):
        Checkpoint.find(str(base), base=str(base))


def test_an_adapter_for_another_base_on_the_hub_is_refused_before_any_download(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = save_adapter(tmp_path, base, declared="google/flan-t5-base")
    with pytest.raises(ModelError) as caught:
        _ = Checkpoint(FLAN, str(adapter)).folders
    assert str(caught.value) == (
        f"The adapter {str(adapter)!r} was trained for the base 'google/flan-t5-base', not for "
        f"{FLAN!r}; name its own base with --base, or another adapter with --adapter."
    )


def test_an_adapter_whose_weights_do_not_fit_names_both_bases(
    base: Path, adapter: Path, tmp_path: Path
) -> None:
    other = save_base(tmp_path / "other", flan=False)
    config = json.loads((other / "config.json").read_text(encoding="utf-8"))
    config["num_heads"] = 2  # other shapes
    (other / "config.json").write_text(json.dumps(config), encoding="utf-8")
    wider = T5ForConditionalGeneration(T5ForConditionalGeneration.config_class(**config))
    wider.save_pretrained(other)
    with pytest.raises(ModelError) as caught:
        Checkpoint(str(other), str(adapter)).load_model()
    assert str(caught.value) == (
        f"The adapter {str(adapter)!r} was trained for the base {str(base)!r}, not for "
        f"{str(other)!r}; name its own base with --base, or another adapter with --adapter."
    )


def test_a_model_of_another_kind_is_named(tmp_path: Path, base: Path) -> None:
    for file in base.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}', encoding="utf-8")
    with pytest.raises(ModelError, match="is a model of type 'gpt2'; supported are T5 models"):
        Checkpoint(str(tmp_path)).load_model()


def test_damaged_weights_are_named(tmp_path: Path, base: Path) -> None:
    for file in base.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"\0" * 64)
    with pytest.raises(ModelError, match="cannot be loaded"):
        Checkpoint(str(tmp_path)).load_model()


def test_hub_ids_are_told_from_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine" / "model").mkdir(parents=True)
    names = (FLAN, "mine/model", "gpt", "/a/b", "./a", "a/b/c", "~/a")
    assert [name for name in names if is_hub_id(name)] == [FLAN]

"""Whether a model may go to the hub is known before a run starts."""

from __future__ import annotations

from typing import Any

import pytest

from train.config import RecipeError, Seq2SeqRecipe
from train.hub import check_push, hub_base


@pytest.fixture
def me(monkeypatch: pytest.MonkeyPatch) -> None:
    me = {"name": "me", "orgs": [{"name": "us"}]}
    monkeypatch.setattr("huggingface_hub.HfApi.whoami", lambda self: me)


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("repository", ["me/model", "us/model"])
def test_one_s_own_names_are_allowed(repository: str) -> None:
    check_push(repository, Seq2SeqRecipe())


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize(
    ("repository", "words"),
    [
        ("model", "is not of the form USER/NAME"),
        ("me/a/b", "me/a/b"),
        ("me/bad name", "bad name"),
        ("me/model.", "model."),
        ("others/model", r"logged in as 'me', who cannot write to 'others'; use one of: me, us\."),
    ],
)
def test_other_names_are_refused(repository: str, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        check_push(repository, Seq2SeqRecipe())


def test_whoever_is_not_logged_in_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any) -> None:
        raise PermissionError("401 Unauthorized")

    monkeypatch.setattr("huggingface_hub.HfApi.whoami", refuse)
    with pytest.raises(RecipeError, match=r"401 Unauthorized\); log in with `hf auth login`"):
        check_push("me/model", Seq2SeqRecipe())


@pytest.mark.usefixtures("me")
def test_an_adapter_for_a_folder_needs_the_base_s_name_on_the_hub() -> None:
    with pytest.raises(RecipeError, match="with --set base_id=OWNER/NAME"):
        check_push("me/model", Seq2SeqRecipe(base="/my/t5"))
    check_push("me/model", Seq2SeqRecipe(base="/my/t5", base_id="google/flan-t5-large"))


def test_the_base_is_called_as_the_hub_calls_it() -> None:
    assert hub_base(Seq2SeqRecipe()) == "google/flan-t5-large"
    assert hub_base(Seq2SeqRecipe(base="/my/t5")) is None
    assert hub_base(Seq2SeqRecipe(base="/my/t5", base_id="me/t5")) == "me/t5"

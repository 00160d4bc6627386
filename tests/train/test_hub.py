"""The check before a run that its model can be pushed to the hub."""

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
def test_repositories_of_the_user_and_their_organizations_are_allowed(repository: str) -> None:
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


def test_a_user_who_is_not_logged_in_gets_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any) -> None:
        raise PermissionError("401 Unauthorized")

    monkeypatch.setattr("huggingface_hub.HfApi.whoami", refuse)
    with pytest.raises(RecipeError, match=r"401 Unauthorized\); log in with `hf auth login`"):
        check_push("me/model", Seq2SeqRecipe())


@pytest.mark.usefixtures("me")
def test_an_adapter_for_a_local_base_needs_a_hub_id() -> None:
    with pytest.raises(RecipeError, match="with --set base_id=OWNER/NAME"):
        check_push("me/model", Seq2SeqRecipe(base="/my/t5"))
    check_push("me/model", Seq2SeqRecipe(base="/my/t5", base_id="google/flan-t5-large"))


def test_the_base_is_named_by_its_hub_id() -> None:
    assert hub_base(Seq2SeqRecipe()) == "google/flan-t5-large"
    assert hub_base(Seq2SeqRecipe(base="/my/t5")) is None
    assert hub_base(Seq2SeqRecipe(base="/my/t5", base_id="me/t5")) == "me/t5"

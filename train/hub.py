"""The hub: whether a model may go there, looked at before a run starts, and its upload."""

from __future__ import annotations

from pathlib import Path

from text2sql.errors import SaveError
from text2sql.generators.checkpoint import is_hub_id
from train.config import RecipeError, TextRecipe

__all__ = ["check_push", "hub_base", "push"]


def hub_base(recipe: TextRecipe) -> str | None:
    """What the base is called on the hub; None where it only lies in a folder."""
    if recipe.tiny is not None:
        return None
    return recipe.base_id or (recipe.base if is_hub_id(recipe.base) else None)


def check_push(repository: str, recipe: TextRecipe) -> None:
    """Look at name, login and rights now: after hours of training it would be late.

    Raises:
        RecipeError: the name is no ``owner/name``, the hub does not know us or let us write there,
            or others could not tell which base the adapter is for.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    try:
        validate_repo_id(repository)
    except HFValidationError as error:
        raise RecipeError(f"--push-to-hub {repository!r}: {error}") from error
    if repository.count("/") != 1:
        raise RecipeError(f"--push-to-hub {repository!r} is not of the form USER/NAME.")
    if recipe.lora is not None and hub_base(recipe) is None:
        raise RecipeError(
            f"Nobody else could tell which base {recipe.base!r} is; say what the hub calls it "
            "with --set base_id=OWNER/NAME, or leave out --push-to-hub."
        )
    try:
        me = HfApi().whoami()
    except Exception as error:  # whatever the hub's client raises
        raise RecipeError(
            f"The hub does not know who you are ({_first_line(error)}); log in with "
            "`hf auth login`, or leave out --push-to-hub and upload the model later."
        ) from error
    owners = [me.get("name"), *(org.get("name") for org in me.get("orgs", []))]
    owner = repository.split("/")[0]
    if owner not in owners:
        raise RecipeError(
            f"You are logged in as {me.get('name')!r}, who cannot write to {owner!r}; "
            f"use one of: {', '.join(str(name) for name in owners)}."
        )


def push(folder: Path, repository: str) -> str:
    """Upload a model folder to the hub; its address.

    Raises:
        SaveError: the hub cannot be reached or does not let us.
    """
    from huggingface_hub import HfApi

    try:
        api = HfApi()
        api.create_repo(repository, repo_type="model", exist_ok=True)
        api.upload_folder(repo_id=repository, folder_path=str(folder))
    except Exception as error:  # whatever the hub's client raises
        raise SaveError(
            f"{repository!r} could not be pushed ({type(error).__name__}: {_first_line(error)}); "
            f"log in with `hf auth login` and run hf upload {repository} {folder}. "
            "The model itself is saved."
        ) from error
    return f"https://huggingface.co/{repository}"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]

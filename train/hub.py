"""The upload of a model to the hub, and the check before the run that it will be possible."""

from __future__ import annotations

from pathlib import Path

from text2sql.errors import SaveError
from text2sql.generators.model_folder import is_hub_id
from train.config import RecipeError, TextRecipe

__all__ = ["check_push", "hub_base", "push"]


def hub_base(recipe: TextRecipe) -> str | None:
    """The hub id of the base; None if it exists only as a local folder."""
    if recipe.tiny is not None:
        return None
    return recipe.base_id or (recipe.base if is_hub_id(recipe.base) else None)


def check_push(repository: str, recipe: TextRecipe) -> None:
    """Check name, login and write access before hours of training.

    Raises:
        RecipeError: the name is not of the form ``owner/name``, the user is not logged in or may
            not write there, or the adapter's base has no hub id.
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
            f"The base {recipe.base!r} is a local folder, which other people do not have; name "
            "its hub id with --set base_id=OWNER/NAME, or leave out --push-to-hub."
        )
    try:
        me = HfApi().whoami()
    except Exception as error:  # whatever the hub's client raises
        raise RecipeError(
            f"You are not logged in to the hub ({_first_line(error)}); log in with "
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
    """Upload a model folder to the hub and return its address.

    Raises:
        SaveError: the hub cannot be reached or refuses the upload.
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

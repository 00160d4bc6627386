"""The hub as deploy.py talks to it: what a Space is to be, and how it comes to be that.

Which account may host what changes; this is the state of the autumn of 2026. A Gradio Space on
cpu-basic needs a subscription: PRO of a person, Team or Enterprise of an organisation. A person
without PRO may have two Spaces on ZeroGPU. Other hardware is paid by the hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huggingface_hub import HfApi, Volume

__all__ = ["CPU", "POCKET", "ZERO", "DeployError", "Plan", "planned", "upload"]

CPU = ("cpu-basic", "cpu-upgrade")
ZERO = "zero-a10g"  # the hub's name for ZeroGPU
POCKET = "pocket"
_MODEL = "TEXT2SQL_MODEL"
_FEEDBACK = "TEXT2SQL_FEEDBACK"
_MOUNT = "/data"


class DeployError(Exception):
    """A Space that cannot be assembled or uploaded; the message is for people."""


@dataclass(frozen=True)
class Plan:
    """What a Space is to be.

    ``present`` is the hardware it has now, None for a Space that is not there yet. ``bucket`` is
    the storage that is to keep feedback, None where a Space is to stay with what it has; ``keeps``
    says whether it then keeps any. ``cpu_index`` is where builds of torch for CPUs are found.
    """

    space: str
    hardware: str = ZERO
    model: str = POCKET
    bucket: str | None = None
    exists: bool = False
    present: str | None = None
    keeps: bool = False
    cpu_index: str | None = None

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the page."""
        kept = {_FEEDBACK: f"{_MOUNT}/feedback"} if self.bucket else {}
        return {_MODEL: self.model, **kept}


def planned(space: str, hardware: str | None, model: str | None, bucket: str | None) -> Plan:
    """What ``space`` is to be: as it was asked for, else as it is, else what the account may have.

    Raises:
        DeployError: the hub cannot be reached or does not know us.
    """
    from huggingface_hub import HfApi

    api = HfApi()
    with _sentences(Plan(space, hardware or ZERO, model or POCKET, bucket)):
        account = api.whoami()
        if not api.repo_exists(space, repo_type="space"):
            on = hardware or (CPU[0] if _subscribed(account, space.split("/")[0]) else ZERO)
            return Plan(space, on, model or POCKET, bucket, keeps=bucket is not None)
        runtime = api.get_space_runtime(space)
        present = runtime.requested_hardware or runtime.hardware
        set_there = {name: one.value for name, one in api.get_space_variables(space).items()}
        model = model or set_there.get(_MODEL) or POCKET
        keeps = bucket is not None or _FEEDBACK in set_there
        return Plan(space, hardware or present or CPU[0], model, bucket, True, present, keeps)


def _subscribed(account: dict[str, Any], owner: str) -> bool:
    """Whether ``owner``, this account or an organisation of it, may host on a CPU."""
    if account.get("name") == owner:
        return bool(account.get("isPro"))
    return any(org.get("plan") for org in account.get("orgs") or [] if org.get("name") == owner)


def upload(folder: Path, plan: Plan) -> str:
    """Make the Space, or change it to be as planned, with ``folder`` as its content; its address.

    Raises:
        DeployError: the hub cannot be reached, or does not let us.
    """
    from huggingface_hub import HfApi

    api = HfApi()
    with _sentences(plan):
        if plan.bucket is not None:  # private, because it holds what visitors asked
            api.create_bucket(plan.bucket, private=True, exist_ok=True)
        address = _changed(api, plan) if plan.exists else _made(api, plan)
        api.upload_folder(
            repo_id=plan.space,
            repo_type="space",
            folder_path=folder,
            delete_patterns="*",  # what is uploaded stays; what is not, goes in the same commit
            commit_message="Renew the page",
        )
    return address


def _made(api: HfApi, plan: Plan) -> str:
    """A new Space, which the hub refuses to some accounts unless its hardware is said with it."""
    made = api.create_repo(
        plan.space,
        repo_type="space",
        space_sdk="gradio",
        space_hardware=plan.hardware,  # type: ignore[arg-type]
        space_variables=[{"key": name, "value": text} for name, text in plan.variables.items()],
        space_volumes=_volumes(plan),
    )
    return str(made)


def _changed(api: HfApi, plan: Plan) -> str:
    for name, text in plan.variables.items():
        api.add_space_variable(plan.space, name, text)
    if plan.bucket is not None:
        others = api.get_space_runtime(plan.space).volumes or []
        kept = [volume for volume in others if volume.mount_path != _MOUNT]
        api.set_space_volumes(plan.space, [*kept, *_volumes(plan)])
    if plan.hardware != plan.present:
        api.request_space_hardware(plan.space, plan.hardware)  # type: ignore[arg-type]
    return f"{api.endpoint}/spaces/{plan.space}"


def _volumes(plan: Plan) -> list[Volume]:
    from huggingface_hub import Volume

    if plan.bucket is None:
        return []
    return [Volume(type="bucket", source=plan.bucket, mount_path=_MOUNT)]


# what the hub says


@contextmanager
def _sentences(plan: Plan) -> Iterator[None]:
    """Whatever the hub's client raises, as a sentence with the way out."""
    try:
        yield
    except Exception as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        raise DeployError(_sentence(plan, status, error)) from error


def _sentence(plan: Plan, status: int | None, error: Exception) -> str:
    said = getattr(error, "server_message", None) or str(error).strip()
    reason = (said.splitlines() or [type(error).__name__])[0][:300].rstrip(".")
    what = f"{plan.space!r} on {plan.hardware}"
    if status == 402:
        return f"The hub wants to be paid for {what}: {reason}. {_MAY_HAVE}"
    if status == 403:
        return f"The hub does not allow {what}: {reason}. {_RIGHTS} {_MAY_HAVE}"
    if status == 401 or type(error).__name__ == "LocalTokenNotFoundError":
        return f"The hub does not know who asks ({reason}); log in with `hf auth login`."
    return (
        f"{plan.space!r} could not be uploaded ({type(error).__name__}: {reason}); check the name, "
        "the hardware and your connection."
    )


_RIGHTS = "Check the owner's name and that your token may write there."
_MAY_HAVE = (
    "A person without PRO may have two Spaces on ZeroGPU, once the account is 30 days old and its "
    f"email verified: --hardware {ZERO}, where the pocket model answers from the CPU. cpu-basic "
    "needs PRO; an organisation needs a Team or Enterprise plan for either, and other hardware is "
    "paid by the hour."
)

"""Deploying against a hub on loopback: what an account may host, and what is said otherwise.

The client is huggingface_hub's own; only the hub is a stand-in (``stand_in_hub.py``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stand_in_hub import Space, StandInHub, running_hub

SPACES = Path(__file__).parents[1] / "spaces"
MAY_HAVE = (
    "A person without PRO may have two Spaces on ZeroGPU, once the account is 30 days old and its "
    "email verified: --hardware zero-a10g, where the pocket model answers from the CPU. cpu-basic "
    "needs PRO; an organisation needs a Team or Enterprise plan for either, and other hardware is "
    "paid by the hour.\n"
)
POCKET = {"TEXT2SQL_MODEL": "pocket"}


@pytest.fixture(scope="module")
def deploy() -> Iterator[Any]:
    sys.path.insert(0, str(SPACES))
    try:
        yield __import__("deploy")
    finally:
        sys.path.remove(str(SPACES))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, deploy: Any) -> Iterator[StandInHub]:
    """The hub as whoever deploys reaches it, and a Space of two files to put there."""

    def assemble(folder: Path, plan: Any) -> str:
        folder.mkdir()
        (folder / "README.md").write_text("---\ntitle: t\n---\n")
        (folder / "app.py").write_text(f"# {plan.model}\n")
        return ""

    monkeypatch.setattr(deploy, "_assemble_checked", assemble)
    with running_hub() as running:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", running.address)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        yield running


@pytest.fixture
def log_in(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda who: monkeypatch.setenv("HF_TOKEN", f"hf_{who}")


@pytest.mark.parametrize(
    ("who", "space", "hardware"),
    [("free", "free/sql", "zero-a10g"), ("pro", "pro/sql", "cpu-basic"),
     ("team", "team/sql", "cpu-basic")],
)  # fmt: skip
def test_a_new_space_gets_the_hardware_that_its_owner_may_have_and_pocket(
    who: str, space: str, hardware: str, hub: StandInHub, deploy: Any, log_in: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    log_in(who)
    assert deploy.main(["--space", space]) == 0
    files = {"README.md": "---\ntitle: t\n---\n", "app.py": "# pocket\n"}
    assert hub.spaces == {space: Space(hardware, POCKET, [], files, commits=1)}
    assert capsys.readouterr().out == (
        f"{hub.address}/spaces/{space}\npocket answers on {hardware}. "
        "Feedback is lost when the Space restarts; --bucket USER/NAME keeps it.\n"
    )


@pytest.mark.parametrize("hardware", ["cpu-basic", "cpu-upgrade", "zero-a10g", "t4-small", "l4x1"])
@pytest.mark.parametrize("model", ["pocket", "flan-t5-large"])
def test_the_model_and_the_hardware_are_chosen_apart(
    hardware: str, model: str, hub: StandInHub, deploy: Any, log_in: Any
) -> None:
    log_in("pro")
    command = ["--space", "pro/sql", "--hardware", hardware, "--model", model]
    assert deploy.main(command) == 0
    made = hub.spaces["pro/sql"]
    assert (made.hardware, made.variables) == (hardware, {"TEXT2SQL_MODEL": model})
    assert made.files["app.py"] == f"# {model}\n"
    # hardware that is asked for after a Space was made comes too late for a free account
    assert [asked for asked in hub.asked if asked.endswith("/hardware")] == []


@pytest.mark.parametrize(
    ("who", "command", "sentence"),
    [
        ("free", ["--space", "free/sql", "--hardware", "cpu-basic"],
         "The hub wants to be paid for 'free/sql' on cpu-basic: Static Spaces are free for "
         "everyone, but hosting Gradio and Docker Spaces on free cpu-basic requires a PRO "
         "subscription. Subscribe at https://hub.example/pro. " + MAY_HAVE),
        ("free", ["--space", "free/sql", "--hardware", "t4-small"],
         "The hub wants to be paid for 'free/sql' on t4-small: You must add a payment method to "
         "use this hardware. " + MAY_HAVE),
        ("team", ["--space", "club/sql"],
         "The hub wants to be paid for 'club/sql' on zero-a10g: ZeroGPU Spaces require a Team or "
         "Enterprise plan. " + MAY_HAVE),
        ("pro", ["--space", "other/sql"],
         "The hub does not allow 'other/sql' on zero-a10g: You don't have the rights to create a "
         "Space under the namespace 'other'. Check the owner's name and that your token may write "
         "there. " + MAY_HAVE),
        ("pro", ["--space", "pro/sql", "--hardware", "abacus"],
         "'pro/sql' could not be uploaded (BadRequestError: Invalid hardware flavor: abacus); "
         "check the name, the hardware and your connection.\n"),
        ("nobody", ["--space", "free/sql"],
         "The hub does not know who asks (Invalid user token. The token from HF_TOKEN environment "
         "variable is invalid. Note that HF_TOKEN takes precedence over `hf auth login`); log in "
         "with `hf auth login`.\n"),
    ],
)  # fmt: skip
def test_what_the_hub_refuses_is_one_sentence_with_the_way_out(
    who: str, command: list[str], sentence: str, hub: StandInHub, deploy: Any, log_in: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    log_in(who)
    assert deploy.main(command) == 2
    assert capsys.readouterr().err == f"deploy.py: {sentence}"
    assert hub.spaces == {}


def test_a_third_space_on_zerogpu_is_refused_to_a_free_account(
    hub: StandInHub, deploy: Any, log_in: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in("free")
    hub.spaces = {"free/one": Space("zero-a10g"), "free/two": Space("zero-a10g")}
    assert deploy.main(["--space", "free/three"]) == 2
    assert "Free accounts can host up to 2 ZeroGPU Spaces. Check" in capsys.readouterr().err
    assert deploy.main(["--space", "free/two"]) == 0  # it is there already


def test_a_space_that_is_there_keeps_what_was_not_asked_to_change(
    hub: StandInHub, deploy: Any, log_in: Any
) -> None:
    log_in("pro")
    variables = {"TEXT2SQL_MODEL": "flan-t5-large", "MINE": "1"}
    hub.spaces["pro/sql"] = Space("t4-small", dict(variables), files={"old.py": "", "app.py": ""})
    assert deploy.main(["--space", "pro/sql"]) == 0
    files = {"README.md": "---\ntitle: t\n---\n", "app.py": "# flan-t5-large\n"}
    assert hub.spaces["pro/sql"] == Space("t4-small", variables, [], files, commits=1)
    assert deploy.main(["--space", "pro/sql", "--hardware", "l4x1", "--model", "pocket"]) == 0
    changed = hub.spaces["pro/sql"]
    assert (changed.hardware, changed.variables) == ("l4x1", variables | POCKET)


@pytest.mark.parametrize("there", [False, True])
def test_a_bucket_is_made_private_and_mounted_beside_what_is_mounted(
    there: bool, hub: StandInHub, deploy: Any, log_in: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in("pro")
    other = {"type": "dataset", "source": "a/b", "mountPath": "/spider", "readOnly": True}
    if there:
        hub.spaces["pro/sql"] = Space("cpu-basic", {}, [other])
    assert deploy.main(["--space", "pro/sql", "--bucket", "pro/said"]) == 0
    assert hub.buckets == {"pro/said": {"visibility": "private"}}
    bucket = {"type": "bucket", "source": "pro/said", "mountPath": "/data"}
    made = hub.spaces["pro/sql"]
    assert made.volumes == ([other] if there else []) + [bucket]
    assert made.variables == POCKET | {"TEXT2SQL_FEEDBACK": "/data/feedback"}
    assert deploy.main(["--space", "pro/sql"]) == 0  # which leaves it as it is
    assert hub.spaces["pro/sql"].volumes == made.volumes
    assert capsys.readouterr().out.count("Feedback is kept in its bucket.") == 2


def test_a_hub_that_is_not_there_is_one_sentence(
    deploy: Any, log_in: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in("pro")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    assert deploy.main(["--space", "pro/sql"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("deploy.py: 'pro/sql' could not be uploaded (ConnectError: ")
    assert said.endswith("; check the name, the hardware and your connection.\n")


def test_the_command_itself_reaches_the_hub_that_the_environment_names() -> None:
    with running_hub() as hub:
        env = os.environ | {
            "HF_ENDPOINT": hub.address, "HF_TOKEN": "hf_nobody", "HF_HUB_OFFLINE": "0"
        }  # fmt: skip
        command = [sys.executable, str(SPACES / "deploy.py"), "--space", "free/sql"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, hub.asked[-1]) == (2, "GET /api/whoami-v2")
    assert "log in with `hf auth login`" in done.stderr

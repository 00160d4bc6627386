"""A hub on loopback that answers huggingface_hub's own client as the hub does in autumn 2026.

It knows accounts by their tokens and refuses what the hub refuses them: a Gradio Space on
cpu-basic without a subscription (402), a third ZeroGPU Space of a free account (403), a name that
is somebody else's (403), hardware that it does not have (400).
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HARDWARE = ("cpu-basic", "cpu-upgrade", "zero-a10g", "t4-small", "l4x1", "a100-large")
_PAID = (402, "Static Spaces are free for everyone, but hosting Gradio and Docker Spaces on free "
         "cpu-basic requires a PRO subscription. Subscribe at https://hub.example/pro")  # fmt: skip
_BILLING = (402, "You must add a payment method to use this hardware.")
_TWO = (403, "Free accounts can host up to 2 ZeroGPU Spaces.")
_TEAM = (402, "ZeroGPU Spaces require a Team or Enterprise plan.")


@dataclass
class Space:
    """A Space as the hub keeps it."""

    hardware: str
    variables: dict[str, str] = field(default_factory=dict)
    volumes: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    commits: int = 0


@dataclass
class Account:
    """A person, or through ``orgs`` the member of organisations."""

    name: str
    pro: bool = False
    pays: bool = False
    orgs: dict[str, str | None] = field(default_factory=dict)  # name to plan

    def owns(self, owner: str) -> bool:
        return owner == self.name or owner in self.orgs

    def subscribed(self, owner: str) -> bool:
        return self.pro if owner == self.name else bool(self.orgs[owner])


class StandInHub:
    """What the hub holds, and what it was asked for as ``METHOD path``."""

    def __init__(self) -> None:
        self.accounts = {
            "hf_free": Account("free"),
            "hf_pro": Account("pro", pro=True, pays=True),
            "hf_team": Account("member", orgs={"team": "team", "club": None}),
        }
        self.spaces: dict[str, Space] = {}
        self.buckets: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.address = ""

    def refusal(self, account: Account, space: str, hardware: str) -> tuple[int, str] | None:
        owner = space.split("/")[0]
        if not account.owns(owner):
            return 403, f"You don't have the rights to create a Space under the namespace {owner!r}"
        if hardware not in HARDWARE:
            return 400, f"Invalid hardware flavor: {hardware}"
        if hardware == "cpu-basic":
            return None if account.subscribed(owner) else _PAID
        if hardware == "zero-a10g":
            return self._zero_refusal(account, owner)
        return None if account.pays else _BILLING

    def _zero_refusal(self, account: Account, owner: str) -> tuple[int, str] | None:
        if account.subscribed(owner):
            return None
        if owner != account.name:
            return _TEAM
        theirs = [s for name, s in self.spaces.items() if name.startswith(f"{owner}/")]
        return _TWO if sum(s.hardware == "zero-a10g" for s in theirs) >= 2 else None


@contextmanager
def running_hub() -> Iterator[StandInHub]:
    """The hub, answering at its ``address`` for as long as the block runs."""
    hub = StandInHub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        hub.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: StandInHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""

    def _serve(self) -> None:
        path = self.path.split("?")[0]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.hub.asked.append(f"{self.command} {path}")
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        account = self.hub.accounts.get(token)
        if account is None:
            self._answer(401, {"error": "Invalid username or password."})
            return
        for method, pattern, answer in _ROUTES:
            found = re.fullmatch(pattern, path)
            if method == self.command and found:
                self._answer(*answer(self.hub, account, body, *found.groups()))
                return
        self._answer(404, {"error": f"The stand-in has no {self.command} {path}"})

    do_GET = do_POST = do_PUT = _serve  # noqa: N815

    def _answer(self, status: int, content: Any) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        if status >= 400:
            self.send_header("X-Error-Message", content["error"])
            if status == 404:
                self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


_Answer = tuple[int, Any]
_MISSING = (404, {"error": "Repository not found"})


def _whoami(hub: StandInHub, account: Account, body: bytes) -> _Answer:
    orgs = [{"name": name, "plan": plan} for name, plan in account.orgs.items()]
    return 200, {"name": account.name, "isPro": account.pro, "canPay": account.pays, "orgs": orgs}


def _create(hub: StandInHub, account: Account, body: bytes) -> _Answer:
    asked = json.loads(body)
    name = f"{asked['organization']}/{asked['name']}"
    url = f"{hub.address}/spaces/{name}"
    hardware = asked.get("hardware", "cpu-basic")
    if refused := hub.refusal(account, name, hardware):
        return refused[0], {"error": refused[1]}
    if name in hub.spaces:
        return 409, {"error": "You already created this space repo", "url": url}
    variables = {one["key"]: one["value"] for one in asked.get("variables", [])}
    hub.spaces[name] = Space(hardware, variables, asked.get("volumes", []))
    return 200, {"url": url}


def _info(hub: StandInHub, account: Account, body: bytes, name: str) -> _Answer:
    return (200, {"id": name, "sha": "0" * 40}) if name in hub.spaces else _MISSING


def _runtime(hub: StandInHub, account: Account, body: bytes, name: str) -> _Answer:
    space = hub.spaces[name]
    hardware = {"current": space.hardware, "requested": space.hardware}
    return 200, {"stage": "RUNNING", "hardware": hardware, "volumes": space.volumes}


def _get_variables(hub: StandInHub, account: Account, body: bytes, name: str) -> _Answer:
    return 200, {key: {"value": text} for key, text in hub.spaces[name].variables.items()}


def _add_variable(hub: StandInHub, account: Account, body: bytes, name: str) -> _Answer:
    asked = json.loads(body)
    hub.spaces[name].variables[asked["key"]] = asked["value"]
    return _get_variables(hub, account, body, name)


def _hardware(hub: StandInHub, account: Account, body: bytes, name: str) -> _Answer:
    flavor = json.loads(body)["flavor"]
    if refused := hub.refusal(account, name, flavor):
        return refused[0], {"error": refused[1]}
    hub.spaces[name].hardware = flavor
    return _runtime(hub, account, body, name)


def _volumes(hub: StandInHub, account: Account, body: bytes, name: str) -> _Answer:
    hub.spaces[name].volumes = json.loads(body)["volumes"]
    return 200, {}


def _bucket(hub: StandInHub, account: Account, body: bytes, name: str) -> _Answer:
    url = {"url": f"{hub.address}/buckets/{name}"}
    if name in hub.buckets:
        return 409, {"error": "You already created this bucket", **url}
    hub.buckets[name] = json.loads(body)
    return 200, url


def _yaml(hub: StandInHub, account: Account, body: bytes) -> _Answer:
    return 200, {"errors": [], "warnings": []}


def _preupload(hub: StandInHub, account: Account, body: bytes, name: str) -> _Answer:
    files = json.loads(body)["files"]
    return 200, {"files": [
        {"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in files
    ]}  # fmt: skip


def _tree(hub: StandInHub, account: Account, body: bytes, name: str) -> _Answer:
    files = hub.spaces[name].files
    return 200, [{"type": "file", "path": p, "size": 1, "oid": "0" * 40} for p in files]


def _commit(hub: StandInHub, account: Account, body: bytes, name: str) -> _Answer:
    space = hub.spaces[name]
    for operation in map(json.loads, body.splitlines()):
        value = operation["value"]
        if operation["key"] == "file":
            space.files[value["path"]] = base64.b64decode(value["content"]).decode()
        elif operation["key"] == "deletedFile":
            del space.files[value["path"]]
    space.commits += 1
    oid = f"{space.commits:040d}"
    return 200, {"commitUrl": f"{hub.address}/spaces/{name}/commit/{oid}", "commitOid": oid}


_NAME = r"([\w.-]+/[\w.-]+)"
_ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/api/whoami-v2", _whoami),
    ("POST", "/api/repos/create", _create),
    ("GET", f"/api/spaces/{_NAME}", _info),
    ("GET", f"/api/spaces/{_NAME}/revision/main", _info),
    ("GET", f"/api/spaces/{_NAME}/runtime", _runtime),
    ("GET", f"/api/spaces/{_NAME}/variables", _get_variables),
    ("POST", f"/api/spaces/{_NAME}/variables", _add_variable),
    ("POST", f"/api/spaces/{_NAME}/hardware", _hardware),
    ("PUT", f"/api/spaces/{_NAME}/volumes", _volumes),
    ("POST", f"/api/buckets/{_NAME}", _bucket),
    ("POST", "/api/validate-yaml", _yaml),
    ("POST", f"/api/spaces/{_NAME}/preupload/main", _preupload),
    ("GET", f"/api/spaces/{_NAME}/tree/main", _tree),
    ("POST", f"/api/spaces/{_NAME}/commit/main", _commit),
]

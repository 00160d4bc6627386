"""Digests of files and of the weights of models."""

from __future__ import annotations

from pathlib import Path

from text2sql.digests import file_digest, weights_digest

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert file_digest(tmp_path / "f") == ABC


def model(folder: Path, weights: bytes, note: str = "") -> Path:
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "README.md").write_text(note, encoding="utf-8")
    return folder


def test_the_same_weights_have_the_same_digest_wherever_they_lie(tmp_path: Path) -> None:
    one, other = model(tmp_path / "a", b"abc"), model(tmp_path / "b", b"abc", note="a copy")
    assert weights_digest(one) == weights_digest(other)
    assert len(weights_digest(one)) == 8


def test_other_weights_have_another_digest(tmp_path: Path) -> None:
    base, adapter = model(tmp_path / "a", b"abc"), model(tmp_path / "b", b"abd")
    found = [weights_digest(base), weights_digest(adapter), weights_digest(base, adapter)]
    assert len(set(found)) == 3


def test_a_blob_of_the_hubs_cache_is_known_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    blob = tmp_path / "blobs" / ABC
    blob.write_bytes(b"not read")
    snapshot = tmp_path / "snapshot"
    snapshot.mkdir()
    (snapshot / "model.safetensors").symlink_to(blob)
    assert weights_digest(snapshot) == weights_digest(model(tmp_path / "a", b"abc"))

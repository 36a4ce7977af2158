import hashlib
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_server.ledger.checkpoint import key_hash, sign_checkpoint
from ingest_server.ledger.merkle import (
    EMPTY_ROOT,
    append,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_inclusion,
)
from tests.visit_record.examples import KEY

# Leaves and root of the reference tree that Certificate Transparency's own tests use.
REFERENCE_LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")] + [
    bytes.fromhex("5051525354555657"),
    bytes.fromhex("606162636465666768696a6b6c6d6e6f"),
]
REFERENCE_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def grown(contents: list[bytes]) -> dict[tuple[int, int], bytes]:
    nodes: dict[tuple[int, int], bytes] = {}
    for size, content in enumerate(contents):
        for node in append(size, leaf_hash(content), lambda level, index: nodes[level, index]):
            nodes[node.level, node.index] = node.hash
    return nodes


def root_by_definition(contents: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not contents:
        return hashlib.sha256(b"").digest()
    if len(contents) == 1:
        return leaf_hash(contents[0])
    split = 1
    while split * 2 < len(contents):
        split *= 2
    return node_hash(root_by_definition(contents[:split]), root_by_definition(contents[split:]))


def test_reference_tree_of_certificate_transparency() -> None:
    nodes = grown(REFERENCE_LEAVES)
    assert root(8, lambda level, index: nodes[level, index]).hex() == REFERENCE_ROOT


def test_empty_tree_has_the_root_of_nothing() -> None:
    assert root(0, lambda _level, _index: b"") == EMPTY_ROOT


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_root_is_the_one_the_standard_defines(contents: list[bytes]) -> None:
    nodes = grown(contents)
    assert root(len(contents), lambda level, index: nodes[level, index]) == root_by_definition(contents)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40, unique=True), st.data())
def test_proof_shows_its_own_leaf_and_no_other(contents: list[bytes], data: st.DataObject) -> None:
    nodes = grown(contents)
    size = len(contents)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, lambda level, place: nodes[level, place])
    tree_root = root(size, lambda level, place: nodes[level, place])
    assert verify_inclusion(leaf_hash(contents[index]), index, size, proof, tree_root)
    assert not verify_inclusion(leaf_hash(b"forged leaf"), index, size, proof, tree_root)
    assert not verify_inclusion(leaf_hash(contents[index]), index, size, [*proof, tree_root], tree_root)
    if size > 1:
        assert not verify_inclusion(leaf_hash(contents[index]), (index + 1) % size, size, proof, tree_root)


def test_proof_of_a_leaf_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(3, 3, lambda _level, _index: b"")


def test_checkpoint_is_a_signed_note_over_origin_size_and_root() -> None:
    note = sign_checkpoint("log.example", 7, b"\x11" * 32, KEY)
    body, signature_line = note.split("\n\n")
    assert body.split("\n")[:2] == ["log.example", "7"]
    name, encoded = signature_line.removeprefix("— ").split()
    assert name == "log.example"
    assert b64decode(encoded)[:4] == key_hash("log.example", KEY.public_key())
    KEY.public_key().verify(b64decode(encoded)[4:], f"{body}\n".encode())

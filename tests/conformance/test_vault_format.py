"""What the program writes is what docs/vault-format.md says."""

import binascii
import random
from pathlib import Path

import pytest

from saasbackup_desktop.core.model import Edit
from tests.conformance.vault_reader import Reader
from tests.unit.vault.conftest import INBOX, PASSPHRASE, STREAM, Place, head, item, letter


def with_attachment(content: bytes) -> bytes:
    text = binascii.b2a_base64(content, newline=False)
    lines = b"\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    return b"MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines + b"\r\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "vault")


@pytest.mark.parametrize("kind", ["passphrase", "recovery"])
def test_a_reader_made_from_the_document_reads_everything(place: Place, kind: str) -> None:
    vault = place.create()
    originals = [letter(number) for number in range(200)]
    originals.append(with_attachment(random.Random(1).randbytes(50_000)))
    originals.append(with_attachment(random.Random(2).randbytes(6_000_000)))
    originals.append(b"")
    with vault.writer(STREAM, "me") as writer:
        items = [item(number, writer.add(data)) for number, data in enumerate(originals)]
        root = writer.apply("", [Edit(None, node) for node in (INBOX, *items)])
        writer.seal(head(root, 1, items=len(items)))
        writer.seal(head("", 2))
    reader = Reader(place.folder, PASSPHRASE if kind == "passphrase" else place.recovery)
    first, second = reader.heads()
    assert second["root"] == ""
    assert first["root"] == root
    assert first["snapshot"]["stream"] == STREAM
    found = list(reader.entries(first["root"]))
    assert found[0] == ("f", "", "box", {"n": "INBOX"})
    assert [(kind, parent, id) for kind, parent, id, _ in found[1:]] == [("i", "box", node.id) for node in items]
    assert [reader.body(said["b"]) for *_, said in found[1:]] == originals
    assert {id for id, *_ in reader.index()} == {id[:16] for id in reader.blobs}

"""Reading blobs."""

from saasbackup_desktop.core.ids import StreamId
from tests.unit.vault.conftest import Place


def test_what_another_process_wrote_since_is_found(place: Place) -> None:
    place.create()
    reading = place.open()
    with place.open().writer(StreamId("a/mail"), "another") as writer:
        body = writer.add(b"Subject: later\r\n\r\nwritten since\r\n")
        writer.flush()
    assert reading.read(body) == b"Subject: later\r\n\r\nwritten since\r\n"

"""Which ids of a plan's line are looked up: also those that were found where something else was expected."""

from saasbackup_desktop.app.entra.naming import _ids_in_line
from saasbackup_desktop.app.entra.views import WriteLine
from saasbackup_desktop.core.directory.plan import Action, Standing, Write, WriteResult

MANAGER = "90dcf312-c791-4284-bd19-354a418d4eb0"
OTHER = "26dd3daf-7a39-415c-8507-f4641c091cf1"
FOUND = "11aa22bb-8a40-4f6b-9d21-5b0e6c9f1a35"


def test_every_id_that_a_line_shows_is_looked_up() -> None:
    write = Write(
        number=1, action=Action.REVIVE, kind="users", id="u", name="Adele", method="POST", path="/",
        old={"sponsors": [OTHER]}, new={"manager": MANAGER},
    )  # fmt: skip
    assert set(_ids_in_line(WriteLine(write=write))) == {MANAGER, OTHER}
    surprise = WriteResult(number=1, standing=Standing.SURPRISED, old={"manager": FOUND})
    assert set(_ids_in_line(WriteLine(write=write, result=surprise))) == {MANAGER, OTHER, FOUND}

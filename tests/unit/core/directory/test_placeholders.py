"""Placeholders of plans: nobody can write a text that is taken for one."""

from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.core.directory.placeholders import (
    PASSWORD,
    escaped,
    filled,
    has_open,
    meant,
    needs_password,
    placeholder,
    stood_for,
    with_password,
)
from saasbackup_desktop.core.directory.plan import Action, Write

IDS = {"ada": "new-ada", "x": "{new:ada}"}
HOSTILE = st.lists(
    st.sampled_from(["{new:", "{=new:", "{==new:", "}", "{", "=", "ada", "x", "new:", PASSWORD, "{{", "\ud800"])
).map("".join)


@given(HOSTILE | st.text())
def test_data_comes_back_as_it_was(text: str) -> None:
    held = escaped({"a": [text, 1, None], "b": {"c": text}})
    assert not has_open(held)
    assert filled(held, IDS) == held
    assert meant(held, IDS) == {"a": [text, 1, None], "b": {"c": text}}


@given(HOSTILE, HOSTILE)
def test_a_placeholder_is_one_wherever_it_stands(before: str, after: str) -> None:
    held = f"{escaped(before)}{placeholder('ada')}{escaped(after)}"
    assert has_open(held)
    assert meant(held, IDS) == f"{before}new-ada{after}"
    assert meant(filled(held, {"ada": "new-ada"}), IDS) == f"{before}new-ada{after}"
    assert meant(held, {}) == f"{before}{placeholder('ada')}{after}"


def test_what_stands_for_an_id() -> None:
    assert stood_for(placeholder("ada")) == "ada"
    assert stood_for("ada") == "ada"


def test_a_password_has_one_place() -> None:
    body = {"jobTitle": PASSWORD, "passwordProfile": {"password": PASSWORD, "force": True}}
    made = Write(number=1, action=Action.CREATE, kind="users", id="a", name="", method="POST", path="/users", body=body)
    profile = {"password": "secret", "force": True}
    assert with_password(made, body, "secret") == {"jobTitle": PASSWORD, "passwordProfile": profile}
    changed = Write(
        number=1, action=Action.UPDATE, kind="users", id="a", name="", method="PATCH", path="/users/a", body=body
    )
    assert not needs_password(changed)
    assert with_password(changed, body, "secret") == body

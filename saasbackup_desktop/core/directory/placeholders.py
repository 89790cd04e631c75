"""What stands in a plan for what is known only when it is carried out: ids of what is made anew, and passwords.

``{new:ID}`` in a text stands for the id of what is made anew for an old one. Texts of people may hold the same letters:
in a plan they are escaped (``{=new:ID}``), so that nobody can write something that is taken for a placeholder. A
password has one place, and what stands elsewhere is never one.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from saasbackup_desktop.core.directory.plan import Action, LeftOut, Write
from saasbackup_desktop.core.stream import Json

PASSWORD: Final = "{password}"
"""What stands for a password, at the place of passwords in what makes an account."""
PASSWORD_PLACE: Final = ("passwordProfile", "password")
"""The names under which it lies in a body."""
_OPENS: Final = "{new:"
_LIKE: Final = re.compile(r"\{(=*)new:")
_STANDS: Final = re.compile(r"\{new:([^{}]*)\}")
MARKS: Final = re.compile(rf"{_STANDS.pattern}|\{{=(=*)new:")
"""In a text of a plan: a placeholder (group 1: the old id), or what is escaped (group 2: all signs but one)."""


def placeholder(id: str) -> str:
    """What stands for the new id of an old one."""
    return f"{_OPENS}{id}}}"


def stood_for(text: str) -> str:
    """The old id that a placeholder stands for; any other text is itself."""
    found = _STANDS.fullmatch(text)
    return found[1] if found is not None else text


def as_said(id: str, text: str) -> str:
    """An id as a text says it: itself, or what stands for a new one."""
    place = placeholder(id)
    return place if place in text else id


def escaped(value: Json) -> Json:
    """Data as plans hold it: nothing in it is taken for a placeholder."""
    if isinstance(value, str):
        return _LIKE.sub(r"{=\1new:", value) if "{" in value else value
    if isinstance(value, Mapping):
        return {name: escaped(one) for name, one in value.items()}
    if isinstance(value, list):
        return [escaped(one) for one in value]
    return value


def with_old_ids(value: Json) -> Json:
    """A value of a plan in which old ids stand where new ones will: for whoever thinks it through."""
    if isinstance(value, str):
        return _STANDS.sub(r"\1", value) if _OPENS in value else value
    if isinstance(value, Mapping):
        return {name: with_old_ids(one) for name, one in value.items()}
    if isinstance(value, list):
        return [with_old_ids(one) for one in value]
    return value


def filled(value: Json, ids: Mapping[str, str]) -> Json:
    """A value of a plan with the ids that are known by now in their places; it is a value of a plan still."""
    if isinstance(value, str):
        return filled_text(value, ids)
    if isinstance(value, Mapping):
        return {name: filled(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, ids) for one in value]
    return value


def filled_text(text: str, ids: Mapping[str, str]) -> str:
    """A text with the ids that are known by now in their places."""
    return _STANDS.sub(lambda found: ids.get(found[1], found[0]), text) if _OPENS in text else text


def meant(value: Json, ids: Mapping[str, str]) -> Json:
    """A value of a plan as it is sent, and as the directory tells it then: data again."""
    if isinstance(value, str):
        return MARKS.sub(lambda found: _meant(found, ids), value) if "{" in value else value
    if isinstance(value, Mapping):
        return {name: meant(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [meant(one, ids) for one in value]
    return value


def _meant(found: re.Match[str], ids: Mapping[str, str]) -> str:
    return f"{{{found[2]}new:" if found[1] is None else ids.get(found[1], found[0])


def as_written(left: LeftOut) -> LeftOut:
    """What is left out, as people wrote it."""
    return replace(left, old=meant(left.old, {}), new=meant(left.new, {}))


def has_open(value: Json) -> bool:
    """An id in it is not known yet."""
    if isinstance(value, str):
        return _OPENS in value
    if isinstance(value, Mapping):
        return any(has_open(one) for one in value.values())
    return isinstance(value, list) and any(has_open(one) for one in value)


def needs_password(write: Write) -> bool:
    """A password is made up for this write when it is sent."""
    if write.action is not Action.CREATE or not isinstance(write.body, Mapping):
        return False
    outer, inner = PASSWORD_PLACE
    profile = write.body.get(outer)
    return isinstance(profile, Mapping) and profile.get(inner) == PASSWORD


def with_password(write: Write, body: Json, password: str) -> Json:
    """The write's body with the password in its place; itself where none belongs in it."""
    if not needs_password(write) or not isinstance(body, Mapping):
        return body
    outer, inner = PASSWORD_PLACE
    profile = body[outer]
    return {**body, outer: {**profile, inner: password}} if isinstance(profile, Mapping) else body

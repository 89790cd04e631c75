"""``{new:ID}`` in texts: it stands for the id of what is made anew for an old one, until that id is known."""

from collections.abc import Mapping

from saasbackup_desktop.core.stream import Json


def placeholder(id: str) -> str:
    """What stands for the new id of an old one."""
    return f"{{new:{id}}}"


def as_said(id: str, text: str) -> str:
    """An id as a text says it: itself, or what stands for a new one."""
    place = placeholder(id)
    return place if place in text else id


def filled(value: Json, ids: Mapping[str, str]) -> Json:
    """A value with the ids that are known by now in their places."""
    if isinstance(value, str):
        return filled_text(value, ids)
    if isinstance(value, Mapping):
        return {name: filled(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, ids) for one in value]
    return value


def filled_text(text: str, ids: Mapping[str, str]) -> str:
    """A text with the ids that are known by now in their places."""
    if "{new:" not in text:
        return text
    for part in text.split("{new:")[1:]:
        old = part.partition("}")[0]
        if old in ids:
            text = text.replace(placeholder(old), ids[old])
    return text

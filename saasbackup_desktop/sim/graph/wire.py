"""Requests and answers, as plain data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    method: str
    path: str
    """Below the version, without a slash at the end; still percent-encoded."""
    query: dict[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    root: str
    """Scheme, host and version, for links."""

    @property
    def segments(self) -> list[str]:
        """The path's parts, decoded."""
        return [unquote(part) for part in self.path.strip("/").split("/")]

    def json(self) -> Any:
        """Read the body. Raises Refusal."""
        try:
            return json.loads(self.body or b"null")
        except ValueError:
            raise Refusal(400, "BadRequest", "Unable to read JSON request payload.") from None

    @property
    def preferences(self) -> dict[str, str]:
        """What the Prefer header asks for."""
        found = {}
        for part in self.headers.get("prefer", "").split(","):
            name, _, value = part.strip().partition("=")
            found[name.lower()] = value.strip('"')
        return found


@dataclass(slots=True)
class Answer:
    """What is answered: an object, bytes, or nothing."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def content(self) -> bytes:
        """The bytes to send."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        try:
            return json.dumps(self.body, ensure_ascii=False).encode()
        except UnicodeEncodeError:  # half a character: only the escaped way tells it
            return json.dumps(self.body).encode()


class Refusal(Exception):
    """An answer that says no."""

    def __init__(self, status: int, code: str, message: str = "", **headers: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message or code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self) -> Answer:
        """Say it as Graph does."""
        inner = {"date": "2026-01-01T00:00:00", "request-id": "00000000-0000-0000-0000-000000000000"}
        said = {"code": self.code, "message": self.message, "innerError": inner}
        return Answer(self.status, {"error": said}, self.headers)


def query_of(text: str) -> dict[str, str]:
    """Read a query string."""
    return dict(parse_qsl(text, keep_blank_values=True))

"""Google Cloud Storage, Dropbox and Box as far as sending files goes, as their own documentation tells of them.

None of them offers an emulator of its own in a package registry. What is answered follows: Google's "JSON API" and
"Resumable uploads"; Dropbox's HTTP documentation (files/upload_session) and its library's own unions of errors; Box's
reference ("Chunked upload", "Upload file", "Folders"). They know nothing of the code that asks.
"""

import base64
import hashlib
import itertools
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs, unquote

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    host: str

    def json(self) -> Any:
        return json.loads(self.body)


def _said(status: int, value: Any, **headers: str) -> Answer:
    return status, {"content-type": "application/json", **headers}, json.dumps(value).encode()


@dataclass
class Service:
    """An ASGI application; ``faults`` are answers to give before anything else, one for each request."""

    faults: list[Answer] = field(default_factory=list)
    seen: list[Asked] = field(default_factory=list)
    room: int | None = None
    """Bytes that still fit."""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        path = scope["raw_path"].decode()
        asked = Asked(scope["method"], path, query, headers, body, headers.get("host", ""))
        self.seen.append(asked)
        status, said, content = self.faults.pop(0) if self.faults else self.answer(asked)
        raw = [(name.encode(), value.encode()) for name, value in said.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": content})

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def fits(self, size: int) -> bool:
        return self.room is None or size <= self.room


@dataclass
class GoogleCloudStorage(Service):
    """Buckets, objects with metadata, resumable uploads."""

    address: str = ""
    objects: dict[str, dict[str, tuple[bytes, dict[str, str]]]] = field(default_factory=dict)
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/upload/") and asked.method == "POST":
            return self._begin(asked)
        if asked.path.startswith("/upload/") and asked.method == "DELETE":
            # "Cancel a resumable upload".
            known = self.uploads.pop(asked.query["upload_id"], None)
            assert known is None or "done" not in known, "nothing is said of uploads that have come to their end"
            return self._error(404, "notFound") if known is None else (499, {}, b"")
        if asked.path.startswith("/upload/"):
            return self._piece(asked)
        found = re.fullmatch(r"/storage/v1/b/([^/]+)/o(?:/([^/]+))?", asked.path)
        assert found, asked.path
        bucket, name = self.objects.get(found[1]), unquote(found[2] or "")
        if bucket is None or (name and name not in bucket):
            return self._error(404, "notFound")
        if not name:
            return _said(200, {"kind": "storage#objects", "items": [{"name": one} for one in bucket]})
        if asked.method == "DELETE":
            del bucket[name]
            return 204, {}, b""
        data, metadata = bucket[name]
        if asked.query.get("alt") == "media":
            return 200, {"content-type": "application/octet-stream"}, data
        return _said(200, {"name": name, "size": str(len(data)), "metadata": metadata})

    def _begin(self, asked: Asked) -> Answer:
        assert asked.query["uploadType"] == "resumable"
        name = re.fullmatch(r"/upload/storage/v1/b/([^/]+)/o", asked.path)
        assert name
        if name[1] not in self.objects:
            return self._error(404, "notFound")
        about = asked.json()
        if asked.query.get("ifGenerationMatch") == "0" and about["name"] in self.objects[name[1]]:
            return self._error(412, "conditionNotMet")
        id = str(next(self.numbers))
        total = int(asked.headers["x-upload-content-length"])
        self.uploads[id] = {"bucket": name[1], "about": about, "data": b"", "total": total}
        where = f"{self.address}/upload/storage/v1/b/{name[1]}/o?uploadType=resumable&upload_id={id}"
        return 200, {"location": where}, b""

    def _piece(self, asked: Asked) -> Answer:
        upload = self.uploads.get(asked.query["upload_id"])
        if upload is None:
            return self._error(404, "notFound")
        span = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", asked.headers["content-range"])
        assert span, asked.headers
        if span[1] is not None:
            if int(span[1]) != len(upload["data"]) or int(span[2]) + 1 - int(span[1]) != len(asked.body):
                return self._error(400, "invalid")
            is_last = int(span[2]) + 1 == int(span[3])
            if not is_last and len(asked.body) % (256 << 10):
                return self._error(400, "invalid")
            if not self.fits(len(upload["data"]) + len(asked.body)):
                return self._error(403, "quotaExceeded")
            upload["data"] += asked.body
        if len(upload["data"]) < upload["total"]:
            told = {"range": f"bytes=0-{len(upload['data']) - 1}"} if upload["data"] else {}
            return 308, told, b""
        about = upload["about"]
        upload["done"] = True
        self.objects[upload["bucket"]][about["name"]] = (upload["data"], about.get("metadata", {}))
        return _said(200, {"name": about["name"], "size": str(upload["total"])})

    def _error(self, status: int, reason: str) -> Answer:
        return _said(status, {"error": {"code": status, "message": reason, "errors": [{"reason": reason}]}})


@dataclass
class Dropbox(Service):
    """One person's files, reached by a refresh token."""

    app_key: str = "an-app"
    refresh_token: str = "a refresh token that was made up"
    files: dict[str, bytes] = field(default_factory=dict)
    sessions: dict[str, bytes] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/oauth2/token":
            said = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
            if said.get("refresh_token") != self.refresh_token or said.get("client_id") != self.app_key:
                return _said(400, {"error": "invalid_grant", "error_description": "refresh token is invalid"})
            return _said(200, {"access_token": "an-access-token", "token_type": "bearer", "expires_in": 14400})
        if asked.headers.get("authorization") != "Bearer an-access-token":
            return _said(401, {"error_summary": "invalid_access_token/", "error": {".tag": "invalid_access_token"}})
        content = "dropbox-api-arg" in asked.headers
        said = json.loads(asked.headers["dropbox-api-arg"]) if content else asked.json()
        return {
            "/2/files/get_metadata": self._metadata,
            "/2/files/upload": self._upload,
            "/2/files/download": self._download,
            "/2/files/delete_v2": self._delete,
            "/2/files/upload_session/start": self._start,
            "/2/files/upload_session/append_v2": self._append,
            "/2/files/upload_session/finish": self._finish,
        }[asked.path](said, asked.body)

    def _metadata(self, said: Any, body: bytes) -> Answer:
        return self._missing("path") if said["path"] not in self.files else _said(200, self._about(said["path"], True))

    def _upload(self, said: Any, body: bytes) -> Answer:
        return self._kept(said, body)

    def _kept(self, said: Any, data: bytes) -> Answer:
        if said["path"] in self.files:
            return self._write_error({".tag": "conflict", "conflict": {".tag": "file"}})
        if not self.fits(len(data)):
            return self._write_error({".tag": "insufficient_space"})
        self.files[said["path"]] = data
        return _said(200, self._about(said["path"], False))

    def _write_error(self, reason: Any) -> Answer:
        return _said(
            409,
            {
                "error_summary": f"path/{reason['.tag']}/",
                "error": {".tag": "path", "reason": reason, "upload_session_id": "none"},
            },
        )

    def _download(self, said: Any, body: bytes) -> Answer:
        if said["path"] not in self.files:
            return self._missing("path")
        told = {"dropbox-api-result": json.dumps(self._about(said["path"], False))}
        return 200, {"content-type": "application/octet-stream", **told}, self.files[said["path"]]

    def _delete(self, said: Any, body: bytes) -> Answer:
        if said["path"] not in self.files:
            return self._missing("path_lookup")
        about = self._about(said["path"], True)
        del self.files[said["path"]]
        return _said(200, {"metadata": about})

    def _start(self, said: Any, body: bytes) -> Answer:
        id = f"session-{next(self.numbers)}"
        self.sessions[id] = body
        return _said(200, {"session_id": id})

    def _append(self, said: Any, body: bytes) -> Answer:
        id, offset = said["cursor"]["session_id"], said["cursor"]["offset"]
        if id not in self.sessions:
            return _said(409, {"error_summary": "not_found/", "error": {".tag": "not_found"}})
        if offset != len(self.sessions[id]):
            wrong = {".tag": "incorrect_offset", "correct_offset": len(self.sessions[id])}
            return _said(409, {"error_summary": "incorrect_offset/", "error": wrong})
        self.sessions[id] += body
        return _said(200, None)

    def _finish(self, said: Any, body: bytes) -> Answer:
        id = said["cursor"]["session_id"]
        if id not in self.sessions or said["cursor"]["offset"] != len(self.sessions[id]):
            return _said(409, {"error_summary": "lookup_failed/", "error": {".tag": "lookup_failed"}})
        data = self.sessions.pop(id) + body
        status, headers, content = self._kept(said["commit"], data)
        if status == 409:
            reason = json.loads(content)["error"]["reason"]
            error = {".tag": "path", "path": reason}
            return _said(409, {"error_summary": f"path/{reason['.tag']}/", "error": error})
        return status, headers, content

    def _missing(self, where: str) -> Answer:
        error = {".tag": where, where: {".tag": "not_found"}}
        return _said(409, {"error_summary": f"{where}/not_found/", "error": error})

    def _about(self, path: str, tagged: bool) -> dict[str, Any]:
        data, moment = self.files[path], "2026-01-02T03:04:05Z"
        blocks = [data[at : at + (4 << 20)] for at in range(0, len(data), 4 << 20)]
        digest = hashlib.sha256(b"".join(hashlib.sha256(block).digest() for block in blocks)).hexdigest()
        about = {
            "name": path.rpartition("/")[2],
            "id": f"id:{hashlib.md5(path.encode()).hexdigest()}",
            "path_display": path,
            "path_lower": path.lower(),
            "client_modified": moment,
            "server_modified": moment,
            "rev": "0123456789abcdef0",
            "size": len(data),
            "content_hash": digest,
            "is_downloadable": True,
        }
        return {".tag": "file", **about} if tagged else about


@dataclass
class Box(Service):
    """One enterprise's files, reached by client credentials."""

    client_id: str = "a-client"
    client_secret: str = "a secret that was made up"
    part_size: int = 1 << 20
    smallest: int = 20_000_000
    """Sessions are refused for files below this."""
    items: dict[str, dict[str, Any]] = field(default_factory=lambda: {"0": {"type": "folder", "name": "All Files"}})
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(100))

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/oauth2/token":
            said = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
            if (said.get("client_id"), said.get("client_secret")) != (self.client_id, self.client_secret):
                return _said(400, {"error": "invalid_client", "error_description": "invalid credentials"})
            assert said["grant_type"] == "client_credentials"
            return _said(200, {"access_token": "a-token", "expires_in": 3600, "token_type": "bearer"})
        if asked.headers.get("authorization") != "Bearer a-token":
            return _said(401, {"type": "error", "status": 401, "code": "unauthorized"})
        for method, pattern, handle in (
            ("GET", r"/2\.0/folders/([^/]+)/items", self._list),
            ("POST", r"/2\.0/folders", self._make),
            ("POST", r"/api/2\.0/files/content", self._upload),
            ("GET", r"/2\.0/files/([^/]+)/content", self._download),
            ("DELETE", r"/2\.0/files/([^/]+)", self._delete),
            ("POST", r"/api/2\.0/files/upload_sessions", self._begin),
            ("PUT", r"/api/2\.0/files/upload_sessions/([^/]+)", self._piece),
            ("DELETE", r"/api/2\.0/files/upload_sessions/([^/]+)", self._abort),
            ("GET", r"/api/2\.0/files/upload_sessions/([^/]+)/parts", self._parts),
            ("POST", r"/api/2\.0/files/upload_sessions/([^/]+)/commit", self._commit),
        ):
            found = re.fullmatch(pattern, asked.path)
            if found and asked.method == method:
                return handle(asked, *found.groups())
        raise AssertionError(f"{asked.method} {asked.path}")

    def _error(self, status: int, code: str) -> Answer:
        return _said(status, {"type": "error", "status": status, "code": code, "message": code, "request_id": "1"})

    def _within(self, folder: str) -> dict[str, str]:
        return {one["name"]: id for id, one in self.items.items() if one.get("parent") == folder}

    def _list(self, asked: Asked, folder: str) -> Answer:
        if folder not in self.items:
            return self._error(404, "not_found")
        return _said(200, {"entries": [self._about(id) for id in self._within(folder).values()], "next_marker": ""})

    def _make(self, asked: Asked) -> Answer:
        said = asked.json()
        if said["name"] in self._within(said["parent"]["id"]):
            return self._error(409, "item_name_in_use")
        id = str(next(self.numbers))
        self.items[id] = {"type": "folder", "name": said["name"], "parent": said["parent"]["id"]}
        return _said(201, self._about(id))

    def _upload(self, asked: Asked) -> Answer:
        kind = f"content-type: {asked.headers['content-type']}\r\n\r\n".encode()
        parts = list(BytesParser(policy=HTTP).parsebytes(kind + asked.body).iter_parts())  # type: ignore[attr-defined]
        attributes, data = json.loads(parts[0].get_payload(decode=True)), parts[1].get_payload(decode=True)
        if asked.headers.get("content-md5") != hashlib.sha1(data).hexdigest():
            return self._error(412, "bad_digest")
        return self._kept(attributes["parent"]["id"], attributes["name"], data)

    def _kept(self, folder: str, name: str, data: bytes) -> Answer:
        if folder not in self.items:
            return self._error(404, "not_found")
        if name in self._within(folder):
            return self._error(409, "item_name_in_use")
        if not self.fits(len(data)):
            return self._error(403, "storage_limit_exceeded")
        id = str(next(self.numbers))
        self.items[id] = {"type": "file", "name": name, "parent": folder, "data": data}
        return _said(201, {"total_count": 1, "entries": [self._about(id)]})

    def _download(self, asked: Asked, id: str) -> Answer:
        return 200, {"content-type": "application/octet-stream"}, self.items[id]["data"]

    def _delete(self, asked: Asked, id: str) -> Answer:
        del self.items[id]
        return 204, {}, b""

    def _begin(self, asked: Asked) -> Answer:
        said = asked.json()
        if said["file_size"] < self.smallest:
            return self._error(400, "file_size_too_small")
        if said["folder_id"] not in self.items:
            return self._error(404, "not_found")
        id = f"S{next(self.numbers)}"
        self.sessions[id] = {"about": said, "parts": {}}
        count = -(-said["file_size"] // self.part_size)
        about = {"id": id, "type": "upload_session", "part_size": self.part_size, "total_parts": count}
        return _said(201, {**about, "num_parts_processed": 0, "session_expires_at": "2036-01-01T00:00:00Z"})

    def _piece(self, asked: Asked, id: str) -> Answer:
        session = self.sessions.get(id)
        if session is None:
            return self._error(404, "session_not_found")
        span = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", asked.headers["content-range"])
        assert span
        start, end, size = map(int, span.groups())
        digest = base64.b64encode(hashlib.sha1(asked.body).digest()).decode()
        is_right = len(asked.body) == end + 1 - start and size == session["about"]["file_size"]
        if asked.headers["digest"] != f"sha={digest}" or not is_right or start % self.part_size:
            return self._error(412, "bad_digest")
        if len(asked.body) != self.part_size and end + 1 != size:
            return self._error(400, "part_size_mismatch")
        session["parts"][start] = asked.body
        return _said(200, {"part": self._part(start, asked.body)})

    def _part(self, start: int, data: bytes) -> dict[str, Any]:
        return {"part_id": f"P{start}", "offset": start, "size": len(data), "sha1": hashlib.sha1(data).hexdigest()}

    def _parts(self, asked: Asked, id: str) -> Answer:
        session = self.sessions.get(id)
        if session is None:
            return self._error(404, "session_not_found")
        parts = [self._part(start, data) for start, data in sorted(session["parts"].items())]
        offset, limit = int(asked.query.get("offset", 0)), int(asked.query.get("limit", 100))
        page = {"entries": parts[offset : offset + limit], "offset": offset, "limit": limit}
        return _said(200, {**page, "total_count": len(parts)})

    def _abort(self, asked: Asked, id: str) -> Answer:
        return self._error(404, "session_not_found") if self.sessions.pop(id, None) is None else (204, {}, b"")

    def _commit(self, asked: Asked, id: str) -> Answer:
        session = self.sessions[id]
        data = b"".join(part for _, part in sorted(session["parts"].items()))
        told = [(part["offset"], part["size"]) for part in asked.json()["parts"]]
        there = [(start, len(part)) for start, part in sorted(session["parts"].items())]
        digest = base64.b64encode(hashlib.sha1(data).digest()).decode()
        if asked.headers["digest"] != f"sha={digest}" or told != there:
            return self._error(412, "bad_digest")
        del self.sessions[id]
        return self._kept(session["about"]["folder_id"], session["about"]["file_name"], data)

    def _about(self, id: str) -> dict[str, Any]:
        one = self.items[id]
        if one["type"] == "folder":
            return {"type": "folder", "id": id, "name": one["name"]}
        data = one["data"]
        return {
            "type": "file",
            "id": id,
            "name": one["name"],
            "size": len(data),
            "sha1": hashlib.sha1(data).hexdigest(),
        }

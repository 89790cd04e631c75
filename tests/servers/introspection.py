"""A tiny OAuth token introspection endpoint (RFC 7662) on loopback, for servers that check access tokens."""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PREFIX = "token-of-"


class Introspection:
    """Answers from a thread until closed; a token is valid for the user it names, until it is revoked."""

    def __init__(self) -> None:
        self._revoked: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/introspect"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def token(self, user: str) -> str:
        """The access token of a user."""
        return _PREFIX + user

    def revoke(self, token: str) -> None:
        """Let a token be refused from now on."""
        self._revoked.add(token)

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _says(self, token: str) -> dict[str, object]:
        if not token.startswith(_PREFIX) or token in self._revoked:
            return {"active": False}
        return {"active": True, "username": token.removeprefix(_PREFIX)}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        says = self._says

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
                token = urllib.parse.parse_qs(form).get("token", [""])[0]
                answer = json.dumps(says(token)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: what matters is in Dovecot's own log."""

        return Handler

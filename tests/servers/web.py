"""An ASGI application on a real port with a real certificate, for programs that will not speak to anything less."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from tests.servers.certificates import Certificate


@contextmanager
def served(app: Any, certificate: Certificate | None) -> Iterator[str]:
    """Serve an application on a free port, over TLS if there is a certificate: its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        ssl_certfile=str(certificate.certificate) if certificate else None,
        ssl_keyfile=str(certificate.key) if certificate else None,
        log_level="critical",
        lifespan="off",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), name="web-server", daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            threading.Event().wait(0.02)
        yield f"https://localhost:{port}" if certificate else f"http://localhost:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=1)  # a client that keeps its connection is not waited for: the thread ends by itself

"""A model behind OpenAI's chat protocol on this machine; can be told to misbehave."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ChatModel:
    """A real HTTP server on a free port; use it as a context manager. `seen` holds what was asked."""

    def __init__(self) -> None:
        self.answer = "hello"
        self.fault: str | None = None
        self.seen: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self._release = threading.Event()
        model = self

        class Request(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.seen.append((self.path, dict(self.headers), body))
                model.reply(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def reply(self, request: BaseHTTPRequestHandler) -> None:
        """Answer as agreed, or with the fault."""
        said: dict[str, Any] = {"choices": [{"message": {"role": "assistant", "content": self.answer}}]}
        bodies = {
            "no_json": b"<html>",
            "no_choices": b"{}",
            "list": b"[]",
            "huge": b"x" * 100_000,
            "null": json.dumps({"choices": [{"message": {"content": None}}]}).encode(),
        }
        if self.fault == "slow":
            self._release.wait(5.0)
        raw = bodies.get(self.fault or "", json.dumps(said).encode())
        request.send_response(500 if self.fault == "error" else 200)
        request.send_header("Content-Length", str(len(raw)))
        request.end_headers()
        with contextlib.suppress(OSError):  # nobody waited for it
            request.wfile.write(raw)

    def __enter__(self) -> "ChatModel":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._release.set()
        self._server.shutdown()
        self._server.server_close()

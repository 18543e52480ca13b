"""A program that answers like Piper's HTTP server: a tone as long as the text, as WAV."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from ivr.audio.wav import to_wav

RATE_HZ = 22050  # of Piper's medium voices
SECONDS_A_CHARACTER = 0.07


class _Piper(BaseHTTPRequestHandler):
    """POST /synthesize, as in piper-tts 1.8's http_server: an empty text or bad JSON is a 500."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(body))  # type: ignore[attr-defined]
        text = json.loads(body).get("text", "").strip()
        if self.path != "/synthesize" or not text or "broken" in text:
            self.send_error(404 if self.path != "/synthesize" else 500)
            return
        at = np.arange(int(len(text) * SECONDS_A_CHARACTER * RATE_HZ)) / RATE_HZ
        wav = b"no audio" if "garbage" in text else to_wav(np.sin(2 * np.pi * 440 * at) * 0.3, RATE_HZ)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")  # Flask's own, for bytes
        self.send_header("Content-Length", str(len(wav)))
        self.end_headers()
        self.wfile.write(wav)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def piper_server() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Run the server; yield its address and what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Piper)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server.asked  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The little of Twilio's REST API that the service uses, over real HTTP on a free loopback port."""

import base64
import itertools
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

OVER = {"completed", "busy", "no-answer", "failed", "canceled"}


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    form: dict[str, list[str]]
    authorization: str | None


class RestNetwork:
    """A context manager. `legs` are the calls there are; put answers into `next_answers` to misbehave.

    An answer is (status, body) or "cut": the request is carried out, but the connection is closed
    before a word of the answer is sent.
    """

    def __init__(self, account_sid: str, token: str) -> None:
        self.legs: dict[str, str] = {}
        self.recordings: dict[str, bytes] = {}
        self.texts: list[dict[str, str]] = []
        self.asked: list[Asked] = []
        self.next_answers: list[tuple[int, Any] | str] = []
        self._account = f"/2010-04-01/Accounts/{account_sid}"
        self._expected = "Basic " + base64.b64encode(f"{account_sid}:{token}".encode()).decode()
        self._counter = itertools.count(1)
        network = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                network._answer(self, "GET", {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                network._answer(self, "POST", parse_qs(body, keep_blank_values=True))

            def do_DELETE(self) -> None:
                network._answer(self, "DELETE", {})

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """Return the base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "RestNetwork":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, peer: BaseHTTPRequestHandler, method: str, form: dict[str, list[str]]) -> None:
        path = urlsplit(peer.path).path
        self.asked.append(Asked(method, peer.path, form, peer.headers.get("Authorization")))
        scripted = self.next_answers.pop(0) if self.next_answers else None
        if scripted == "cut":
            self._carry_out(method, path, form)
            peer.connection.close()
            return
        if isinstance(scripted, tuple):
            status, body = scripted
        elif peer.headers.get("Authorization") != self._expected:
            status, body = 401, _error(401, 20003)
        else:
            status, body = self._carry_out(method, path, form)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        peer.send_response(status)
        peer.send_header("Content-Length", str(len(content)))
        if isinstance(body, dict) and "Location" in body:
            peer.send_header("Location", body["Location"])
        peer.end_headers()
        peer.wfile.write(content)

    def _carry_out(self, method: str, path: str, form: dict[str, list[str]]) -> tuple[int, Any]:
        if (method, path) == ("POST", f"{self._account}/Calls.json"):
            sid = f"CA{next(self._counter):032x}"
            self.legs[sid] = "queued"
            return 201, {"sid": sid, "status": "queued"}
        if path == f"{self._account}/Messages.json":
            return self._texts(method, form)
        if path.startswith(f"{self._account}/Conferences"):
            return self._conferences(method, path)
        name = path.rsplit("/", 1)[-1]
        if path.startswith(f"{self._account}/Recordings/"):
            if method == "DELETE":
                return (
                    (204, b"")
                    if self.recordings.pop(name.removesuffix(".json"), None)
                    else (404, _error(404, 20404))
                )
            recording = self.recordings.get(name.removesuffix(".wav"))
            return (200, recording) if recording is not None else (404, _error(404, 20404))
        sid = name.removesuffix(".json")
        if sid not in self.legs:
            return 404, _error(404, 20404)
        if method == "POST" and self.legs[sid] in OVER:
            return 400, _error(400, 21220)
        if form.get("Status") == ["completed"]:
            self.legs[sid] = "completed"
        return 200, {"sid": sid, "status": self.legs[sid]}

    def _texts(self, method: str, form: dict[str, list[str]]) -> tuple[int, Any]:
        if method == "POST":
            sid = f"SM{next(self._counter):032x}"
            self.texts.append({"sid": sid, "to": form["To"][0], "body": form["Body"][0]})
            return 201, self.texts[-1]
        return 200, {"messages": list(reversed(self.texts)), "next_page_uri": None}

    def _conferences(self, method: str, path: str) -> tuple[int, Any]:
        """One conference runs: whoever lives is in it."""
        sid = "CF" + "1" * 32
        if path.endswith("/Conferences.json"):
            return 200, {"conferences": [{"sid": sid}], "next_page_uri": None}
        call_id = path.rsplit("/", 1)[-1].removesuffix(".json")
        if self.legs.get(call_id) != "in-progress":
            return 404, _error(404, 20404)
        return 200, {"call_sid": call_id, "conference_sid": sid}


def _error(status: int, code: int) -> dict[str, Any]:
    return {"code": code, "message": "no", "more_info": "", "status": status}

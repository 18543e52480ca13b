"""A fork in the road to REST: what the public description covers goes through Prism, sound past it."""

import threading
from typing import Any

import requests
from flask import Flask, Response, request
from werkzeug.serving import make_server

from tests.support.service_in_process import QuietRequestHandler

SOUND = (".wav", ".mp3")
PASSED_ON = {"authorization", "content-type", "accept"}


class RestFork:
    """Serves on a port of its own; use as a context manager."""

    def __init__(self, gate_port: int, carrier_port: int) -> None:
        app = Flask("fork")

        @app.route("/<path:path>", methods=["GET", "POST", "DELETE"])
        def pass_on(path: str) -> Response:
            port = carrier_port if path.endswith(SOUND) else gate_port
            headers = {name: value for name, value in request.headers if name.lower() in PASSED_ON}
            address = f"http://127.0.0.1:{port}/{path}"
            answer: Any = requests.request(
                request.method, address, data=request.get_data(), headers=headers, timeout=20
            )
            return Response(answer.content, answer.status_code, mimetype=answer.headers.get("Content-Type"))

        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietRequestHandler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "RestFork":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

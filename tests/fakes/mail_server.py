"""A mail server on this machine that keeps what it is sent, or refuses it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, refusal: str | None) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.refusal = refusal
        self.mails: list[tuple[list[str], bytes]] = []


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Speak as much SMTP as a client needs to hand over a mail."""
        to: list[str] = []
        self._say("220 fake")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "EHLO":
                self._say("250 fake")
            elif word == "RCPT":
                to.append(line.split("<")[1].split(">")[0])
                self._say(self.server.refusal or "250 yes")
            elif word == "DATA":
                self._say("354 go on")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.server.mails.append((to, body))
                self._say("250 kept")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server(refusal: str | None = None) -> Iterator[tuple[str, list[tuple[list[str], bytes]]]]:
    """Yield its smtp:// address and the mails it was handed: recipients and the raw message."""
    server = _Server(refusal)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield f"smtp://127.0.0.1:{server.server_address[1]}", server.mails
    finally:
        server.shutdown()
        serving.join()
        server.server_close()

"""The Media Streams WebSocket: who may open one, that it starts in time, and whose call it carries."""

import contextlib
import re

from flask import Blueprint, Response, abort, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import RemoteProtocolError

from ivr import log
from ivr.telephony.media_messages import MAX_FRAME_BYTES, StreamStarted, read_frame
from ivr.telephony.signatures import SIGNATURE_HEADER, SignatureCheck
from ivr.telephony.stream_line import GONE, StreamLine
from ivr.web.services import Services
from ivr.web.unstarted import UnstartedStreams, cut

STREAM_PATH = "/voice/media"
START_LIMIT_S = 5.0
GOODBYE_S = 1.0  # for the peer's own close frame, which is on its way when it closes properly
SOCKET_OPTIONS = {"max_message_size": MAX_FRAME_BYTES, "ping_interval": 25}
POLICY_VIOLATION = 1008

_CALL_ID = re.compile(r"CA[0-9a-f]{32}")
_log = log.get("web.media")


def create_media_blueprint(services: Services, sock: Sock) -> Blueprint:
    """Build the stream endpoint. 403 before the upgrade without a genuine signature."""
    blueprint = Blueprint("media", __name__)
    settings = services.settings
    check = SignatureCheck(settings.public_url, settings.auth_tokens())

    def only_the_network() -> None:
        signature = request.headers.get(SIGNATURE_HEADER)
        if settings.verify_signatures and not check.is_upgrade_genuine(STREAM_PATH, signature):
            _log.warning("stream_refused", why="signature")
            abort(403)

    unstarted = UnstartedStreams()

    def media(socket: Server) -> None:
        try:
            carry(socket)
        finally:
            _let_go(socket)

    def carry(socket: Server) -> None:
        with unstarted.one_more(socket):
            started = _wait_for_start(socket, services)
        if started is None or not _is_acceptable(started, services):
            with contextlib.suppress(*GONE):
                socket.close(POLICY_VIOLATION, "no acceptable start")
            return
        line = StreamLine(socket, started.stream_id)
        try:
            is_taken = services.calls.run_stream(started.call_id, started.stream_id, line)
        except Exception:  # noqa: BLE001  outermost frame of the media loop: the caller must hear something
            _log.exception("call_broke", call_id=started.call_id)
            is_taken = True
        if not is_taken:
            _log.warning("stream_refused", why="second stream or ended call", call_id=started.call_id)
        line.close()

    def refuse_upgrade(broken: Exception) -> Response:
        _log.warning("stream_refused", why="the upgrade is broken")
        return Response("no WebSocket upgrade\n", 400, mimetype="text/plain")

    blueprint.before_request(only_the_network)
    blueprint.register_error_handler(RemoteProtocolError, refuse_upgrade)
    blueprint.register_error_handler(UnicodeError, refuse_upgrade)  # a Host that is no host
    sock.route(STREAM_PATH, bp=blueprint)(media)
    return blueprint


def _let_go(socket: Server) -> None:
    """End the connection and the thread that reads it; a web server that closes it leaves that one behind."""
    socket.thread.join(GOODBYE_S)
    cut(socket)
    socket.thread.join(GOODBYE_S)


def _wait_for_start(socket: Server, services: Services) -> StreamStarted | None:
    deadline = services.clock.monotonic() + START_LIMIT_S
    while (left := deadline - services.clock.monotonic()) > 0:
        try:
            message = socket.receive(left)
        except ConnectionClosed:
            return None
        frame = read_frame(message) if message is not None else None
        if isinstance(frame, StreamStarted):
            return frame
    return None


def _is_acceptable(started: StreamStarted, services: Services) -> bool:
    """A signed upgrade names our account; without signatures (loopback only) foreign tools may call too."""
    settings = services.settings
    is_ours = started.account_sid in {None, settings.twilio_account_sid} or not settings.verify_signatures
    return is_ours and _CALL_ID.fullmatch(started.call_id) is not None

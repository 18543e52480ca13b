"""How the REST API says no: Twilio's JSON shape, with its numbers."""

from typing import Any

from aiohttp import web


class RestProblem(Exception):
    """A request that cannot be met: HTTP status, Twilio's number, and a sentence."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self) -> web.Response:
        """Return the answer."""
        body: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if self.status == 401 else {}
        return web.json_response(body, status=self.status, headers=headers)


def not_found(path: str) -> RestProblem:
    """Return the problem of a resource that does not exist."""
    return RestProblem(404, 20404, f"The requested resource {path} was not found")


def invalid(message: str, code: int = 20001) -> RestProblem:
    """Return the problem of a parameter that cannot be accepted."""
    return RestProblem(400, code, message)

"""The desk: who waits and why, the agent's own call, and what an agent can do about it."""

from ivr.web.desk.blueprint import create_desk_blueprint

__all__ = ["create_desk_blueprint"]

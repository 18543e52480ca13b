"""The trust file as pages: `/trust`."""

from ivr.web.trust.blueprint import create_trust_blueprint

__all__ = ["create_trust_blueprint"]

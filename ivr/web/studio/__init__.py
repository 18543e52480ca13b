"""Where designers change what the bot understands: `/studio`."""

from ivr.web.studio.blueprint import create_studio_blueprint

__all__ = ["create_studio_blueprint"]

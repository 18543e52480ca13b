"""What everybody may read about the bot: `/about-this-bot`."""

from ivr.web.about.blueprint import create_about_blueprint

__all__ = ["create_about_blueprint"]

"""What the calls say, as pages: `/insights`."""

from ivr.web.insights.blueprint import create_insights_blueprint

__all__ = ["create_insights_blueprint"]

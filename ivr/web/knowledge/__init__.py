"""One answer everywhere: the articles for people of the company, and for other channels."""

from ivr.web.knowledge.blueprint import create_answers_blueprint, create_knowledge_blueprint

__all__ = ["create_answers_blueprint", "create_knowledge_blueprint"]

"""Coming and going of the staff, and the frame all their pages stand in."""

from ivr.web.sign_in.blueprint import create_sign_in_blueprint

__all__ = ["create_sign_in_blueprint"]

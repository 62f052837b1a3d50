"""Other services that this one calls: `clients` has a class of each, `answers` what they answer with, `engine` how they are called."""

from services.external.engine.errors import ExternalError
from services.external.engine.service import fake_of

__all__ = ["ExternalError", "fake_of"]

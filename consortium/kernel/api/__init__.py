"""The base of every API module: who acts, what goes in, what comes out, what went wrong, and its description."""

from consortium.kernel.api.base import ApiView
from consortium.kernel.api.inputs import Input, Output
from consortium.kernel.api.schema import Acts, Problem, described, page_of

__all__ = ["Acts", "ApiView", "Input", "Output", "Problem", "described", "page_of"]

"""Loading the demonstration consortium by the operations that users call."""

from consortium.demo.operations.history import tell_month
from consortium.demo.operations.loading import load

__all__ = ["load", "tell_month"]

"""Loading the demonstration consortium by the operations that users call."""

from consortium.demo.operations.approving import approve_manual
from consortium.demo.operations.filming import film_all, show_films
from consortium.demo.operations.history import read_old_notices, tell_piece
from consortium.demo.operations.loading import load

__all__ = ["approve_manual", "film_all", "load", "read_old_notices", "show_films", "tell_piece"]

"""Opens strangers' files in a child process with limits on memory, time, file size and what it knows."""

from .parent import Inspected, inspect_file

__all__ = ["Inspected", "inspect_file"]

"""Opens strangers' files in a child process with limits on memory, time, file size and what it knows."""

from .parent import Cleaned, Inspected, clean_files, inspect_file, inspect_files, render_ahead

__all__ = ["Cleaned", "Inspected", "clean_files", "inspect_file", "inspect_files", "render_ahead"]

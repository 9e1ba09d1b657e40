"""The rows of the library."""

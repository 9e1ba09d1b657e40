"""The rows of the assessment."""

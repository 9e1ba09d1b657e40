"""Pages of the manual."""

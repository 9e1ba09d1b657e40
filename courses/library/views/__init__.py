"""Pages of courses and of their videos."""

"""Pages about questions, a module for each part."""

"""Pages of live lectures, a module for each part."""

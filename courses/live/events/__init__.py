"""What happened to live lectures, a module for each part."""

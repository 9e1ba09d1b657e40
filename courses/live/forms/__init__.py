"""What is sent about live lectures, a module for each part."""

"""What is done with live lectures, a module for each part."""

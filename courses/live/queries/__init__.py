"""What the pages of live lectures show, a module for each part."""

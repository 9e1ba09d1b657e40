"""What people type about questions, a module for each part."""

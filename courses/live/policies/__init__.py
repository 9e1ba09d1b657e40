"""Who may do what with live lectures, a module for each part."""

"""What the screens of casework read: worklists, duty, and the topics that keep worklists live."""

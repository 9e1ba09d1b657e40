"""Pages of files, the checked views that release bytes, de-identified copies, and the shared pointer."""

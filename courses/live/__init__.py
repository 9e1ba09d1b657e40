"""Live case lectures: planned, taught to every clinic at once, answered back, and kept as a lesson."""

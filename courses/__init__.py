"""Learning: courses, exams, and live case lectures."""

"""What calls show: who is there, what came of earlier ones, how often a call succeeds."""

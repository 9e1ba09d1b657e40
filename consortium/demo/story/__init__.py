"""Who lives in the demonstration consortium, and what they ask. Nobody in it exists."""

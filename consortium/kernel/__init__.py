"""What every part stands on: who acts, what they may do, how a case moves. Holds no models."""

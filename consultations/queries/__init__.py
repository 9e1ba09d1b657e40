"""What screens and operations read about consultations."""

from consultations.queries.cases import available, can_answer, consultation_for, queue_turn, whose_turn_as_asker

__all__ = ["available", "can_answer", "consultation_for", "queue_turn", "whose_turn_as_asker"]

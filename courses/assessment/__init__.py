"""Questions and what they measure: items, exams, questionnaires, credits and certificates."""

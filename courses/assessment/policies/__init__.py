"""Who may do what with questions and what is made of them, a module for each part."""

from courses.assessment.policies.items import may_edit, may_retire, may_review, may_see_bank, may_write

__all__ = ["may_edit", "may_retire", "may_review", "may_see_bank", "may_write"]

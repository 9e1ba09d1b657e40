"""Addresses of a case's pages, whatever its kind."""

from typing import Any

from django import template

from consortium.casework.models import Case
from consortium.casework.queries.rows import case_url as address

register = template.Library()


@register.simple_tag
def case_url(case: Case, name: str = "show", *args: Any) -> str:
    """`{% case_url case "act" verb %}`: the page `name` of the feature that the case belongs to."""
    return address(case, name, *args)

"""The one-click sign-in of the demonstration, as the sign-in page shows it."""

from typing import Any

from django import template
from django.template.context import Context

from consortium.demo.views import may_sign_in_by_click, people

register = template.Library()


@register.simple_tag(takes_context=True)
def demo_people(context: Context) -> list[dict[str, Any]]:
    """Username, role in words and name of each person of the demonstration; nobody unless it may be used from here."""
    request = context.get("request")
    return people() if request is not None and may_sign_in_by_click(request) else []

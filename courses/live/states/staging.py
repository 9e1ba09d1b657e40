"""The vocabulary of a case that is taught step by step."""

from typing import Final

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Asks(TextChoices):
    """What is voted on at a step."""

    DIFFERENTIAL = "differential", _("What is it?")
    ACTION = "action", _("What do you do next?")
    PLACE = "place", _("Refer, or treat here?")
    FINDING = "finding", _("Where is the finding?")


class Confidence(IntegerChoices):
    """How sure a voter is."""

    GUESSED = 1, _("I guess")
    FAIRLY = 2, _("Fairly sure")
    SURE = 3, _("Sure")


#: how near to the right place a tap counts as right, in fractions of the picture's width and height
NEAR: Final = 0.1

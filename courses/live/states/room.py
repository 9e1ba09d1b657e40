"""The vocabulary of a lecture's room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PollKind(TextChoices):
    SINGLE = "single", _("One answer")
    MULTIPLE = "multiple", _("Several answers")
    WORD = "word", _("One word of one's own")
    HOT_SPOT = "hot_spot", _("A place on the picture")


class PollState(TextChoices):
    """Not stored: it follows from the times."""

    DRAFT = "draft", _("Prepared")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class RoomEventKind(TextChoices):
    """What is replayed with the recording."""

    CHAT = "chat", _("Chat")
    QUESTION = "question", _("Question")
    POLL = "poll", _("Poll")
    CAPTION = "caption", _("Caption")
    STAGE = "stage", _("What was shown")
    GUEST = "guest", _("Guest on stage")

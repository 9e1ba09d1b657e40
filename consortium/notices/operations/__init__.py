"""What is done with notices. Other features call `send_notice`, `start_page` and `stop_pages`; about a case `tell`,
`page_about` and `calm`."""

from consortium.notices.operations.about_cases import calm, page_about, tell, tell_of_messages
from consortium.notices.operations.paging import (
    acknowledge_page,
    advance_pages,
    start_page,
    stop_pages,
    take_page_for,
)
from consortium.notices.operations.preferences import set_preferences, subscribe_push, unsubscribe_push
from consortium.notices.operations.reading import mark_all_read, mark_read, mark_unread_again
from consortium.notices.operations.sending import send_notice

__all__ = [
    "acknowledge_page",
    "advance_pages",
    "calm",
    "mark_all_read",
    "mark_read",
    "mark_unread_again",
    "page_about",
    "send_notice",
    "set_preferences",
    "start_page",
    "stop_pages",
    "subscribe_push",
    "take_page_for",
    "tell",
    "tell_of_messages",
    "unsubscribe_push",
]

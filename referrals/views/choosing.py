"""Which child is it about? The page with which a referral, an alarm and an unannounced child begin."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.methods import form_page
from consortium.kernel.policies import Decision, require
from consortium.patients.views.choosing import choose_child
from referrals.policies import may_receive_somewhere, may_refer


def _choosing(
    title: str | Promise, begin: str, what: str, may: Callable[[Actor], Decision]
) -> Callable[[HttpRequest], HttpResponse]:
    """`begin`: the page that each child leads to; `what`: what the journal says that the list was read for."""

    @form_page
    def choose(request: HttpRequest) -> HttpResponse:
        require(may(current_actor()))
        return choose_child(request, title=title, begin=begin, what=what)

    return choose


new = _choosing(_("Refer a child"), "referrals:begin", "refer", may_refer)
#: the first of three taps from the start page
alarm_choose = _choosing(_("Alarm"), "referrals:alarm", "alarm", may_refer)
unannounced_choose = _choosing(
    _("Came without a referral"), "referrals:unannounced", "unannounced", may_receive_somewhere
)

"""The second factor's codes: each is good once."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction

from consortium.kernel import clock
from consortium.people.models import User
from consortium.people.operations.seats import hold_person

#: how many half minutes a telephone's clock may be wrong, either way
DRIFT = 1


def counter_now() -> int:
    """The number of the present half minute (RFC 6238)."""
    return int(clock.now().timestamp()) // int(app_settings.TOTP_PERIOD)


@transaction.atomic
def use_code(*, user: User, code: str) -> Authenticator | None:
    """The factor that `code` belongs to, used up by this; None when it fits none, or was used before.

    A number of the authenticator app counts only when it is newer than the last one used, so that nobody can repeat one
    that they saw; a recovery code is crossed out.
    """
    hold_person(user.pk)
    factors = {f.type: f for f in Authenticator.objects.select_for_update().filter(user_id=user.pk)}
    totp = factors.get(Authenticator.Type.TOTP)
    if totp is not None and _fits(totp, code):
        return totp
    spare = factors.get(Authenticator.Type.RECOVERY_CODES)
    return spare if spare is not None and spare.wrap().validate_code(code) else None


def _fits(totp: Authenticator, code: str) -> bool:
    secret, last = decrypt(totp.data["secret"]), int(totp.data.get("last_counter", 0))
    now = counter_now()
    for counter in range(max(now - DRIFT, last + 1), now + DRIFT + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            totp.data["last_counter"] = counter
            totp.save(update_fields=["data"])
            return True
    return False

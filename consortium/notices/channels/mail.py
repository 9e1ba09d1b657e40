"""E-mail, through Django's mail settings."""

import smtplib

from django.core.mail import EmailMessage

from consortium.notices.channels import Letter, Undeliverable, Unreachable

_GONE = 500  # SMTP replies from here on are final


class Mail:
    """Plain text; the Message-ID carries the reference, so that a mail sent twice is seen to be one."""

    confirms = False

    def send(self, letter: Letter) -> str:
        if "@" not in letter.address:
            raise Undeliverable("no mail address")
        headers = {"Message-ID": f"<{letter.reference}@consortium.invalid>", "Auto-Submitted": "auto-generated"}
        if letter.urgent:
            headers["Importance"] = "high"
        message = EmailMessage(
            subject=letter.title, body=f"{letter.text}\n\n{letter.url}\n", to=[letter.address], headers=headers
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise _told(max(code for code, _ in error.recipients.values())) from error
        except smtplib.SMTPResponseException as error:
            raise _told(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from error
        return letter.reference


def _told(code: int) -> Undeliverable | Unreachable:
    """What the server's reply means."""
    return (Undeliverable if code >= _GONE else Unreachable)(f"the mail server answered {code}")


def channel(name: str) -> Mail:
    return Mail()

"""Letters by SMTP: over TLS, and in the clear only to this machine."""

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from urllib.parse import unquote, urlsplit

from ivr.clock import Clock
from ivr.insights.letters import Letter
from ivr.insights.notices import NotSent

LIMIT_S = 20.0
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SUBMISSION, SMTPS = 587, 465


class SmtpPost:
    """One connection a letter. `url` is smtp://user:password@host:587 (STARTTLS) or smtps://…:465."""

    def __init__(self, url: str, sender: str, sender_name: str, clock: Clock) -> None:
        self._server = urlsplit(url)
        self._sender = sender
        self._sender_name = sender_name
        self._clock = clock

    def send(self, letter: Letter, to: Sequence[str], key: str) -> None:
        """Send one letter to all. Raises NotSent; blocking. The same key gives the same Message-ID."""
        message = EmailMessage()
        message["From"] = formataddr((self._sender_name, self._sender))
        message["To"] = ", ".join(to)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{letter.name_of(key)}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        for name, pdf in letter.pdfs:
            message.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
        try:
            with self._connected() as server:
                refused = server.send_message(message)
        except (smtplib.SMTPException, OSError) as problem:
            code = getattr(problem, "smtp_code", "")
            raise NotSent(f"{type(problem).__name__} {code}".strip()) from problem
        if refused:
            raise NotSent(f"{len(refused)} of {len(to)} addresses were refused")

    def _connected(self) -> smtplib.SMTP:
        host, secure = self._server.hostname or "", ssl.create_default_context()
        if self._server.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._server.port or SMTPS, timeout=LIMIT_S, context=secure
            )
        else:
            server = smtplib.SMTP(host, self._server.port or SUBMISSION, timeout=LIMIT_S)
            if host not in LOOPBACK:
                server.starttls(context=secure)
        if self._server.username:
            server.login(unquote(self._server.username), unquote(self._server.password or ""))
        return server

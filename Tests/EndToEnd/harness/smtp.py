"""A real SMTP server, which a test tells how to answer, with a certificate authority of its own."""

import asyncio
import email
import email.policy
import ssl
import threading
from dataclasses import dataclass

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from harness.program import free_port
from harness.waiting import wait_until

USER, PASSWORD = "shop@example.com", "p:ä/ss word"


class Authority:
    """Issues the server's certificate; its own is in the file that SSL_CERT_FILE names."""

    def __init__(self, folder):
        self.ca = trustme.CA()
        self.file = f"{folder}/authority.pem"
        self.ca.cert_pem.write_to_path(self.file)

    def context(self, name="127.0.0.1"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(name).configure_cert(context)
        return context


@dataclass
class Taken:
    """A message as it came over the wire."""

    sender: str
    recipients: list
    # The bytes, lines ended by CRLF.
    raw: bytes
    login: str
    is_encrypted: bool
    # What the server answered to it; None: it died before.
    answer: str

    @property
    def message(self):
        return email.message_from_bytes(self.raw, policy=email.policy.SMTP)


class MailServer:
    """`tls`: None, "starttls" or "smtps"; `login`: whether it wants one."""

    def __init__(self, authority=None, tls=None, login=False, name="127.0.0.1"):
        self.received = []
        # By recipient, or for the whole message: what to answer instead of 250, each once; None: die.
        self.recipient_answers = {}
        self.message_answers = []
        # Set: recipients are answered only once it is set.
        self.hold = None
        self.reached = threading.Event()
        context = authority.context(name) if tls else None
        server = self

        class Session(SMTP):
            async def smtp_RCPT(self, argument):  # noqa: N802
                server.reached.set()
                while server.hold is not None and not server.hold.is_set():
                    await asyncio.sleep(0.01)
                await super().smtp_RCPT(argument)

        class Listener(Controller):
            def factory(self):
                return Session(
                    self.handler,
                    hostname="mail.example.com",
                    tls_context=context if tls == "starttls" else None,
                    authenticator=server._authenticate,
                    auth_required=login,
                    # On loopback a password may come in clear.
                    auth_require_tls=tls == "starttls",
                    require_starttls=tls == "starttls" and login,
                )

        self.port = free_port()
        self.listener = Listener
        self.context = context if tls == "smtps" else None
        self.start()

    def start(self):
        self.controller = self.listener(
            self, hostname="127.0.0.1", port=self.port, ssl_context=self.context, ready_timeout=20
        )
        self.controller.start()

    def stop(self):
        """Nobody listens any more; until the next start."""
        if self.controller:
            self.controller.stop()
        self.controller = None

    def _authenticate(self, server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
        return AuthResult(success=right, handled=False, auth_data=USER if right else None)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answers = self.recipient_answers.get(address)
        if answers:
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self.message_answers.pop(0) if self.message_answers else "250 taken"
        self.received.append(
            Taken(
                envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content, session.auth_data,
                session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None, answer,
            )
        )  # fmt: skip
        if answer is None:
            server.transport.abort()
        return answer or "250 never heard"

    def taken(self, recipient):
        return [one for one in list(self.received) if recipient in one.recipients]

    def wait_for(self, recipient, count=1, seconds=20):
        wait_until(lambda: len(self.taken(recipient)) >= count, f"{count} emails to {recipient}", seconds)
        return self.taken(recipient)

    def close(self):
        if self.hold is not None:
            self.hold.set()
        self.stop()

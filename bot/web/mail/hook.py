"""The hook: a mail server or provider hands a message over, signed.

`POST /mail` with the message as it is (message/rfc822) and two headers:

- `X-Desk-Timestamp`: seconds since 1970;
- `X-Desk-Signature`: `sha256=` and, in hex, the HMAC-SHA256 of the timestamp, a full stop and the
  body, under `COMMONPLACE_MAIL_HOOK_SECRET`.

200 once the message is committed (also if it had been before), 401 for anything not signed with
the secret within five minutes, 413 if it is too large, 429 or 503 if it should be sent again later.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

import structlog
from aiohttp import web

from bot.concerns.troubles import TooMany
from bot.desk import Desk
from bot.store import StoreUnavailable
from bot.web.health import PortBusy
from bot.workflows.postbox import NoServer

WINDOW = timedelta(minutes=5)
SHORTEST_SECRET = 32
_STAMP = re.compile(rb"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"sha256=[0-9a-f]{64}")
_PATIENCE = 2.0
_NOT_SIGNED = b"sha256=" + b"0" * 64

log = structlog.stdlib.get_logger(__name__)


class MailHook:
    """Serves the hook on the process's own event loop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._settings = desk.settings.mail.hook
        secret = desk.settings.mail_hook_secret
        self._secret = b"" if secret is None else secret.get_secret_value().encode()
        self._runner: web.AppRunner | None = None
        self.port = 0

    def app(self) -> web.Application:
        """Return the aiohttp application."""
        app = web.Application(client_max_size=self._desk.postbox.most_bytes + 1)
        app.router.add_post("/mail", self._take)
        return app

    async def start(self) -> None:
        """Begin to listen, at the settings' address.

        Raises:
            PortBusy: nobody can listen there.
        """
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=_PATIENCE)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._settings.host, self._settings.port).start()
        except OSError:
            await runner.cleanup()
            raise PortBusy(
                f"Mail cannot be taken on {self._settings.host}, port {self._settings.port}. Set "
                "mail.hook.host and mail.hook.port in config/commonplace.yaml to others."
            ) from None
        self._runner = runner
        self.port = int(runner.addresses[0][1])
        log.info("mail.hook_listening", port=self.port)

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _answer(413)
        stamp = request.headers.get("X-Desk-Timestamp", "").encode("utf-8", "replace")
        signature = request.headers.get("X-Desk-Signature", "").encode("utf-8", "replace")
        if not self.signed(stamp, signature, body):
            return _answer(401)
        try:
            await self._desk.postbox.take(body)
        except TooMany:
            return _answer(429)
        except (StoreUnavailable, NoServer) as error:
            log.warning("mail.hook_refused", error=type(error).__name__)
            return _answer(503)
        return _answer(200)

    def signed(self, stamp: bytes, signature: bytes, body: bytes) -> bool:
        """Say whether a body was signed with the secret, just now.

        The same work is done whatever is wrong, and the comparison takes the same time.
        """
        expected = b"sha256=" + self.sign(stamp, body)
        given = signature if _SIGNATURE.fullmatch(signature) else _NOT_SIGNED
        right = hmac.compare_digest(expected, given)
        at = int(stamp) if _STAMP.fullmatch(stamp) else 0
        now = self._desk.clock()
        fresh = abs((now - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() - at) <= (
            WINDOW.total_seconds()
        )
        return right and fresh and len(self._secret) >= SHORTEST_SECRET

    def sign(self, stamp: bytes, body: bytes) -> bytes:
        """Return the signature of a body at this time, in hex."""
        return hmac.digest(self._secret, stamp + b"." + body, hashlib.sha256).hex().encode()


def _answer(status: int) -> web.Response:
    headers = {"Retry-After": "600"} if status in (429, 503) else {}
    return web.Response(status=status, headers={**headers, "Cache-Control": "no-store"})

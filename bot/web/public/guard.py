"""What keeps the web form's posts the sender's own: signed tokens, where they come from, headers.

A page's token is a random number and an instant, signed together with the browser's cookie, which
is random, too, and gone after three hours. Nothing of it is stored.
"""

import hmac
import ipaddress
import re
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web

from bot.clock import Clock
from bot.settings import Public
from bot.vault import Vault

LIFE = timedelta(hours=3)
_RANDOM = 16
_SESSION = re.compile(r"[A-Za-z0-9_-]{22}")
_TOKEN = re.compile(r"([A-Za-z0-9_-]{22})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")


class Guard:
    """Makes and checks tokens, and says which posts are from the desk's own pages."""

    def __init__(self, vault: Vault, clock: Clock, settings: Public) -> None:
        self._vault = vault
        self._clock = clock
        self._settings = settings
        self._secure = settings.base_url.startswith("https://")
        self._cookie = "__Host-desk" if self._secure else "desk"

    def session(self, request: web.Request) -> str:
        """Return the browser's session, or a new one."""
        held = request.cookies.get(self._cookie, "")
        return held if _SESSION.fullmatch(held) else secrets.token_urlsafe(_RANDOM)

    def keep(self, response: web.Response, session: str) -> None:
        """Let the browser keep its session for as long as a token lives."""
        response.set_cookie(
            self._cookie,
            session,
            max_age=int(LIFE.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Strict",
        )

    def token(self, session: str) -> str:
        """Return a token for one form of this session."""
        number, at = secrets.token_urlsafe(_RANDOM), int(self._clock().timestamp())
        return f"{number}.{at}.{self._sign(session, number, at)}"

    def number(self, session: str, token: str) -> str | None:
        """Return the random number of a token; None if it is not this session's, or too old."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            return None
        number, at = found[1], int(found[2])
        if not hmac.compare_digest(found[3], self._sign(session, number, at)):
            return None
        age = self._clock() - datetime.fromtimestamp(at, UTC)
        return number if age <= LIFE else None

    def from_here(self, request: web.Request) -> bool:
        """Say whether a post comes from the desk's own pages, as far as the browser tells.

        With no referrer, browsers say `Origin: null`; then Sec-Fetch-Site tells, where there is
        one, and else the token and the cookie alone.
        """
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if origin not in (None, "null"):
            return origin == self._origin(request)
        return site in (None, "same-origin")

    def address(self, request: web.Request) -> str:
        """Return where a request comes from, for a throttle's memory and nothing else."""
        passed_on = request.headers.get("X-Forwarded-For", "")
        if self._settings.behind_proxy and passed_on:
            return source_of(passed_on.rpartition(",")[2].strip())
        return source_of(request.remote or "")

    def headers(self) -> dict[str, str]:
        """Return the headers of every answer."""
        always = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
                "frame-ancestors 'none'"
            ),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "X-Robots-Tag": "noindex",
        }
        if self._secure:
            always["Strict-Transport-Security"] = "max-age=63072000"
        return always

    def _origin(self, request: web.Request) -> str:
        if not self._settings.base_url:
            return f"{request.scheme}://{request.host}"
        parts = urlsplit(self._settings.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def _sign(self, session: str, number: str, at: int) -> str:
        return self._vault.fingerprint("web form", session, number, at)


def source_of(address: str) -> str:
    """Return what counts as one source: with IPv6 the network, of whose addresses one household
    has 2^64 (RFC 6177), and with IPv4 the address, however it is written.
    """
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((int(found), 64), strict=False))
        found = found.ipv4_mapped
    return str(found)

"""The web form's page for appeals: for who cannot use a command on Discord, having been banned."""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from bot.desk import Desk
from bot.moderation.cases.appeals import TooManyTries
from bot.moderation.cases.model import APPEAL_LIMIT, BadCase, CannotAppeal, NoSuchCase, OwnCase
from bot.store import StoreUnavailable
from bot.words import Tongue

Page = Callable[..., web.Response]
Number = Callable[[web.Request, Mapping[str, str]], str]

_STATUS = {NoSuchCase: 404, TooManyTries: 429, StoreUnavailable: 503}


class AppealPage:
    """Shows the decision of a code, and takes an appeal against it. Nothing of it is remembered."""

    def __init__(
        self,
        desk: Desk,
        page: Page,
        number: Number,
        source: Callable[[web.Request], str],
        tongue: Callable[[web.Request], Tongue],
    ) -> None:
        self._desk = desk
        self._page = page
        self._number = number
        self._source = source
        self._tongue = tongue

    async def ask(self, request: web.Request) -> web.Response:
        """Ask for the code."""
        return self._show(request, None, {})

    async def take(self, request: web.Request, typed: Mapping[str, str]) -> web.Response:
        """Show the decision of a code; with words, take them as an appeal.

        Raises:
            Exception: whatever `number` raises for a form that is not from here.
        """
        self._number(request, typed)
        cases, code, source = self._desk.cases, typed.get("code", ""), self._source(request)
        own = None
        try:
            own = await cases.own(code, source=source)
            if typed.get("act") == "appeal":
                own = await cases.appeal(code, typed.get("words", ""), door="web", source=source)
        except (NoSuchCase, TooManyTries, CannotAppeal, BadCase, StoreUnavailable) as error:
            t, field = self._tongue(request), "code" if own is None else "words"
            said = {
                NoSuchCase: "appeal.no_such",
                TooManyTries: "appeal.too_many_tries",
                StoreUnavailable: "anonymous.web.unavailable",
            }.get(type(error)) or str(getattr(error, "problem", ""))
            status = _STATUS.get(type(error), 400)
            return self._show(request, own, typed, status=status, problem=(t(said), field))
        return self._show(request, own, typed)

    def _show(
        self, request: web.Request, own: OwnCase | None, typed: Mapping[str, str], **more: Any
    ) -> web.Response:
        rule = None if own is None else self._desk.rules.ruleset.rule(own.rule)
        language = self._tongue(request).language
        return self._page(
            request,
            "appeal.html",
            own=own,
            rule=None if rule is None else rule.said(language),
            code=typed.get("code", ""),
            words=typed.get("words", ""),
            longest=APPEAL_LIMIT,
            **more,
        )

"""The web form's server: raising a concern anonymously, and coming back with the code.

Nothing is logged of a request, and no address is kept but as a keyed hash in a throttle's memory.
"""

import hashlib
import traceback
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from bot.concerns.model import (
    LINK_LIMIT,
    RAISABLE,
    REOPEN_DAYS,
    UNNAMED_CONSENTS,
    URGENT_KINDS,
    WHAT_LIMIT,
    WISH_LIMIT,
    Consent,
    Direction,
    Door,
    Draft,
    Kind,
    OwnConcern,
    State,
)
from bot.concerns.timing import URGENT_HOURS
from bot.concerns.troubles import (
    BadDraft,
    NotAllowedMove,
    TooLate,
    TooMany,
    TooManyTries,
    WrongCode,
)
from bot.desk import Desk
from bot.ids import read_code
from bot.settings import Operator
from bot.store import StoreUnavailable, hurry
from bot.throttle import Throttle
from bot.web.health import PortBusy
from bot.web.public.appeals import AppealPage
from bot.web.public.feeds import Feeds
from bot.web.public.guard import Guard
from bot.words import Tongue

MOST_BYTES = 96 * 1024
_HERE = Path(__file__).parent
_PATIENCE = 2.0
_FIELD_OF = {"concern.bad.link": "link", "concern.bad.link_long": "link"}
_AT_FAULT = (
    BadDraft,
    TooLate,
    TooMany,
    TooManyTries,
    WrongCode,
    NotAllowedMove,
    StoreUnavailable,
)

log = structlog.stdlib.get_logger(__name__)


class PublicServer:
    """Serves the web form on the process's own event loop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._settings = desk.settings.web.public
        self._guard = Guard(desk.vault, desk.clock, self._settings)
        self._posts = Throttle(desk.clock, each=120, everybody=20_000, per=timedelta(minutes=10))
        self._style = (_HERE / "style.css").read_bytes()
        digest = hashlib.sha384(self._style).digest()
        self._style_path = f"/style-{digest.hex()[:16]}.css"
        self._integrity = f"sha384-{b64encode(digest).decode()}"
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # Named by the page's heading, unless nobody gave the desk a name of its own.
        name = desk.settings.operator.name
        self._heading = "" if name == Operator().name else name
        self._appeals = AppealPage(desk, self._page, self._number, self._source, self._tongue)
        self._feeds = Feeds(desk, self._guild)
        self._runner: web.AppRunner | None = None
        self.port = 0

    def app(self) -> web.Application:
        """Return the aiohttp application."""
        app = web.Application(middlewares=[self._around], client_max_size=MOST_BYTES)
        app.router.add_get("/", self._form)
        app.router.add_post("/", self._raise)
        app.router.add_get("/back", self._ask)
        app.router.add_post("/back", self._back)
        app.router.add_post("/back/add", self._add)
        app.router.add_post("/back/consent", self._consent)
        app.router.add_post("/back/reopen", self._reopen)
        app.router.add_post("/back/withdraw", self._withdraw)
        app.router.add_get("/appeal", self._appeals.ask)
        app.router.add_post("/appeal", self._appeal)
        app.router.add_get(self._style_path, self._css)
        self._feeds.add_to(app)
        return app

    async def start(self) -> None:
        """Begin to listen, at the settings' address.

        Raises:
            PortBusy: nobody can listen there.
        """
        where = self._settings
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=_PATIENCE)
        await runner.setup()
        try:
            await web.TCPSite(runner, where.host, where.port).start()
        except OSError:
            await runner.cleanup()
            raise PortBusy(
                f"The web form cannot be served on {where.host}, port {where.port}. Set "
                "web.public.host and web.public.port in config/commonplace.yaml to others."
            ) from None
        self._runner = runner
        self.port = int(runner.addresses[0][1])
        log.info("web.public_listening", port=self.port)

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _css(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._style, content_type="text/css", charset="utf-8")

    async def _form(self, request: web.Request) -> web.Response:
        return self._page(request, "form.html", typed={})

    async def _ask(self, request: web.Request) -> web.Response:
        return self._page(request, "back.html", code="")

    async def _raise(self, request: web.Request) -> web.Response:
        typed = await _typed(request)
        try:
            number = self._number(request, typed)
            kind, consent = typed.get("kind", ""), typed.get("consent", "")
            if kind not in RAISABLE:
                raise _Again("anonymous.web.choose_kind", "kind")
            draft = Draft(
                Kind(kind),
                typed.get("what", ""),
                typed.get("link", ""),
                typed.get("wish", ""),
                Consent(consent) if consent in UNNAMED_CONSENTS else Consent.NOTHING,
            )
            code = self._desk.anonymous.code_for("web", number)
            receipt = await self._desk.anonymous.raise_(
                guild_id=await self._guild(),
                draft=draft,
                code=code,
                door=Door.WEB,
                source=self._source(request),
            )
        except (*_AT_FAULT, _Again) as error:
            return self._refuse(request, "form.html", error, typed=typed)
        return self._page(
            request,
            "receipt.html",
            code=code,
            reference=receipt.reference,
            kind=draft.kind,
            help=await self._help(request, draft.kind),
            days=await self._desk.clockwork.reply_days(await self._guild(), self._desk.clock()),
            hours=URGENT_HOURS if draft.kind in URGENT_KINDS else 0,
        )

    async def _help(self, request: web.Request, kind: Kind) -> list[str]:
        """Return where somebody in an urgent matter finds help at once, line by line."""
        if kind not in URGENT_KINDS:
            return []
        t, urgent = self._tongue(request), await self._desk.urgent_lane.of(await self._guild())
        return (urgent.told(t.language) or t(f"concern.help.{kind}")).splitlines()

    async def _back(self, request: web.Request) -> web.Response:
        typed = await _typed(request)
        try:
            self._number(request, typed)
            return await self._mailbox(request, typed)
        except (*_AT_FAULT, _Again) as error:
            return self._refuse(request, "back.html", error, code=typed.get("code", ""))

    async def _appeal(self, request: web.Request) -> web.Response:
        try:
            return await self._appeals.take(request, await _typed(request))
        except _Again as error:
            return self._refuse(
                request, "message.html", error, said=self._tongue(request)(error.key)
            )

    async def _add(self, request: web.Request) -> web.Response:
        async def act(own: OwnConcern, code: str, number: str, typed: Mapping[str, str]) -> str:
            await self._desk.anonymous.add(
                guild_id=own.guild_id, code=code, text=typed.get("text", ""), intake=number
            )
            return "anonymous.web.added"

        return await self._act(request, act)

    async def _consent(self, request: web.Request) -> web.Response:
        async def act(own: OwnConcern, code: str, _number: str, typed: Mapping[str, str]) -> str:
            if typed.get("consent", "") not in UNNAMED_CONSENTS:
                raise _Again("anonymous.web.choose_consent", "consent")
            await self._desk.anonymous.change_consent(
                guild_id=own.guild_id, code=code, consent=Consent(typed["consent"])
            )
            return "anonymous.web.consented"

        return await self._act(request, act)

    async def _reopen(self, request: web.Request) -> web.Response:
        async def act(own: OwnConcern, code: str, _number: str, _typed: Mapping[str, str]) -> str:
            await self._desk.anonymous.reopen(guild_id=own.guild_id, code=code)
            return "anonymous.web.reopened"

        return await self._act(request, act)

    async def _withdraw(self, request: web.Request) -> web.Response:
        async def act(own: OwnConcern, code: str, _number: str, typed: Mapping[str, str]) -> str:
            if typed.get("sure") != "yes":
                raise _Again("anonymous.web.sure", "sure")
            await self._desk.anonymous.withdraw(guild_id=own.guild_id, code=code)
            return "anonymous.withdrawn"

        return await self._act(request, act)

    async def _act(
        self,
        request: web.Request,
        act: Callable[[OwnConcern, str, str, Mapping[str, str]], Awaitable[str]],
    ) -> web.Response:
        """Do something to the concern of the code that a form brings, and show it again."""
        typed = await _typed(request)
        own = None
        try:
            number = self._number(request, typed)
            code, own = await self._own(request, typed)
            said = await act(own, code, number, typed)
            return await self._mailbox(request, typed, said=said)
        except (*_AT_FAULT, _Again) as error:
            if own is None:
                return self._refuse(request, "back.html", error, code=typed.get("code", ""))
            shown = self._shown(own, typed["code"], typed.get("text", ""))
            return self._refuse(request, "mailbox.html", error, said="", **shown)

    async def _mailbox(
        self, request: web.Request, typed: Mapping[str, str], said: str = ""
    ) -> web.Response:
        code, own = await self._own(request, typed)
        response = self._page(request, "mailbox.html", said=said, **self._shown(own, code, ""))
        letters, news = [one.id for one in own.waiting], [one.id for one in own.unseen]
        if letters or news:
            await self._desk.anonymous.mark_seen(own.guild_id, code, letters, news)
        return response

    def _shown(self, own: OwnConcern, code: str, text: str) -> dict[str, Any]:
        return {
            "own": own,
            "code": code,
            "text": text,
            "reopen_days": REOPEN_DAYS,
            "is_open": own.state is not State.CLOSED,
            "to_reporter": Direction.TO_REPORTER,
        }

    async def _own(self, request: web.Request, typed: Mapping[str, str]) -> tuple[str, OwnConcern]:
        typed_code = typed.get("code", "")
        own = await self._desk.anonymous.own(
            [await self._guild()], typed_code, source=self._source(request)
        )
        return read_code(typed_code) or "", own

    async def _guild(self) -> int:
        if self._settings.guild_id is not None:
            return self._settings.guild_id
        setups = await self._desk.guilds.all()
        if len(setups) != 1:
            raise _Again("anonymous.web.no_server")
        return setups[0].guild_id

    def _number(self, request: web.Request, typed: Mapping[str, str]) -> str:
        source = self._source(request)
        if self._posts.full(source):
            raise _Again("anonymous.web.too_fast", status=429)
        self._posts.count(source)
        if not self._guard.from_here(request):
            raise _Again("anonymous.web.elsewhere", status=403)
        number = self._guard.number(self._guard.session(request), typed.get("token", ""))
        if number is None:
            raise _Again("anonymous.web.send_again", status=403)
        return number

    def _source(self, request: web.Request) -> str:
        return f"web:{self._guard.address(request)}"

    def _refuse(
        self, request: web.Request, template: str, error: Exception, **shown: object
    ) -> web.Response:
        t, field, status = self._tongue(request), "", 400
        if isinstance(error, _Again):
            said, field, status = t(error.key), error.field, error.status
        elif isinstance(error, BadDraft):
            said, field = t(error.problem), _FIELD_OF.get(error.problem, "what")
        elif isinstance(error, TooMany):
            said, status = t("anonymous.web.too_many"), 429
        elif isinstance(error, TooManyTries):
            said, status = t("anonymous.too_many_tries"), 429
        elif isinstance(error, WrongCode):
            said, field, status = t("anonymous.wrong_code"), "code", 404
        elif isinstance(error, TooLate):
            said, status = t("concern.reopen.late", count=error.days), 409
        elif isinstance(error, NotAllowedMove):
            said, status = t("anonymous.closed"), 409
        else:
            said, status = t("anonymous.web.unavailable"), 503
        return self._page(request, template, status=status, problem=(said, field), **shown)

    def _page(
        self,
        request: web.Request,
        template: str,
        *,
        status: int = 200,
        problem: tuple[str, str] | None = None,
        **shown: object,
    ) -> web.Response:
        session, t = self._guard.session(request), self._tongue(request)
        text = self._templates.get_template(template).render(
            t=t,
            style=self._style_path,
            integrity=self._integrity,
            token=self._guard.token(session),
            another=self._guard.token(session),
            third=self._guard.token(session),
            operator=self._desk.settings.operator,
            feeds=self._feeds.offered(),
            heading=self._heading,
            problem=problem,
            kinds=RAISABLE,
            consents=UNNAMED_CONSENTS,
            limits={"what": WHAT_LIMIT, "link": LINK_LIMIT, "wish": WISH_LIMIT},
            **shown,
        )
        response = web.Response(
            # A lone surrogate cannot be sent at all.
            body=text.encode("utf-8", "replace"),
            status=status,
            content_type="text/html",
            charset="utf-8",
            headers={"Content-Language": t.language, "Vary": "Accept-Language"},
        )
        self._guard.keep(response, session)
        return response

    def _tongue(self, request: web.Request) -> Tongue:
        """Return the language of the browser's that the desk has and that comes first."""
        for one in request.headers.get("Accept-Language", "")[:200].split(","):
            language = one.partition(";")[0].strip().split("-")[0].lower()
            if language in self._desk.words.languages:
                return self._desk.words.tongue(language)
        return self._desk.words.english

    @web.middleware
    async def _around(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Give every answer the headers, and every failure a page."""
        hurry()
        response: web.StreamResponse
        try:
            response = await handler(request)
        except web.HTTPException as error:
            key = "anonymous.web.too_long" if error.status == 413 else "anonymous.web.no_page"
            said = self._tongue(request)(key)
            response = self._page(request, "message.html", status=error.status, said=said)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            name = Path(frame.filename).name
            log.error("web.fault", error=type(error).__name__, file=name, line=frame.lineno)
            said = self._tongue(request)("anonymous.web.unavailable")
            response = self._page(request, "message.html", status=500, said=said)
        for name, value in self._guard.headers().items():
            response.headers.setdefault(name, value)
        return response


class _Again(Exception):
    """The form is shown again, with everything in it and a sentence."""

    def __init__(self, key: str, field: str = "", status: int = 400) -> None:
        super().__init__(key)
        self.key = key
        self.field = field
        self.status = status


async def _typed(request: web.Request) -> dict[str, str]:
    """Return what a form holds.

    Raises:
        web.HTTPBadRequest: it is no form.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        form = await request.post()
    except (ValueError, LookupError):
        raise web.HTTPBadRequest from None
    return {
        name: value.replace("\r\n", "\n") for name, value in form.items() if isinstance(value, str)
    }

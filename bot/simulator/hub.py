"""The demo's front page: who can be played, where they can look, and what to try."""

import re
import socket
from collections.abc import Awaitable, Callable
from html import escape
from typing import ClassVar

from aiohttp import web
from simcord.backend.errors import BackendError, SetupError

from bot.simulator.previews import NoSuchPlace, Place, Places
from bot.simulator.world import ASK, GUILD, STAFF_CHANNEL

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

QUESTION = "my photo ended up in an AI dataset, what can I do?"

TO_TRY = (
    ("ana", ASK, f"As Ana in #{ASK}, run /ask with the question “{QUESTION}”"),
    ("ana", ASK, "Run /faq, and type “dataset” where it asks for an entry."),
    ("ana", ASK, "Run /concern raise, fill in the form, and submit it."),
    ("sam", STAFF_CHANNEL, f"As Sam in #{STAFF_CHANNEL}, press Claim on the new card, then Reply."),
    (
        "ana",
        "direct-messages",
        "As Ana again, open her direct messages to read the reply, and run /concern status.",
    ),
)
"""The five things to try: who does it, where (as in addresses), and what."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --paper: #fff; --quiet: #586174;
  --line: #c9cfda; --soft: #f3f6f4; --green: #226548; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaf0; --paper: #16191f; --quiet: #a9b1c0;
  --line: #3d4452; --soft: #1e242b; --green: #7fd1ae; } }
* { box-sizing: border-box; }
body { font: 1rem/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 62rem;
  padding: 2rem 1.25rem 3rem; color: var(--ink); background: var(--paper); }
h1 { line-height: 1.2; font-size: 1.9rem; margin: 0 0 .5rem; }
h2 { line-height: 1.25; font-size: 1.3rem; margin: 2.2rem 0 .8rem; }
h3 { line-height: 1.25; font-size: 1.1rem; margin: 0; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--green); text-underline-offset: .2em; border-radius: .25rem; }
a:focus-visible, button:focus-visible { outline: .2rem solid; outline-offset: .15rem; }
code, .say { font-family: ui-monospace, monospace; font-size: .94em; background: var(--soft);
  border: 1px solid var(--line); border-radius: .3rem; padding: .05rem .3rem; }
.say { user-select: all; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.steps { list-style: none; counter-reset: step; padding: 0; margin: 0; }
.steps > li { counter-increment: step; display: grid; grid-template-columns: 2.2rem 1fr auto;
  gap: .2rem .8rem; align-items: center; border: 1px solid var(--line); border-radius: .6rem;
  padding: .7rem .9rem; margin-block: .55rem; }
.steps > li::before { content: counter(step); font-weight: 700; text-align: center;
  border-radius: 50%; width: 2rem; line-height: 2rem; color: var(--paper);
  background: var(--green); }
.go { font-weight: 600; border: 1px solid var(--green); border-radius: .45rem;
  padding: .35rem .7rem; text-decoration: none; white-space: nowrap; }
.go:hover { background: var(--soft); text-decoration: underline; }
@media (max-width: 40rem) { .steps > li { grid-template-columns: 2.2rem 1fr; }
  .go { grid-column: 2; justify-self: start; } }
.people { display: grid; gap: .9rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr));
  list-style: none; padding: 0; margin: 0; }
.people > li, .messages > li { border: 1px solid var(--line); border-radius: .6rem;
  padding: .9rem 1rem; }
.people ul { list-style: none; padding: 0; margin: .6rem 0 0; display: flex; flex-wrap: wrap;
  gap: .35rem .9rem; }
.messages { list-style: none; padding: 0; }
.messages > li { margin-block: 1rem; }
button { font: inherit; padding: .4rem .8rem; margin-inline-end: .5rem; cursor: pointer;
  border-radius: .45rem; }
blockquote { margin: .5rem 0; overflow-wrap: anywhere; }
"""

_COMMAND = re.compile(r"(?<!\w)/[a-z]+(?: (?:raise|status)\b)?")


class Hub:
    """Serves the front page on this machine only.

    Args:
        places: where people can look.
        listening: a socket that already listens on 127.0.0.1.
    """

    _HEADERS: ClassVar = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://127.0.0.1:*; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        # With "no-referrer" browsers would not say where a form comes from either.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }

    def __init__(self, places: Places, listening: socket.socket) -> None:
        self._places = places
        self._socket = listening
        port = listening.getsockname()[1]
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1.0)

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._front)
        app.router.add_get("/{person}/{place}", self._open)
        app.router.add_get("/{person}/{place}/apps", self._apps)
        app.router.add_post("/{person}/{place}/apps", self._use_app)
        return app

    async def start(self) -> None:
        """Begin to answer."""
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def stop(self) -> None:
        """Stop answering."""
        await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer this machine's own browser only, and take forms from this page only."""
        origin = request.headers.get("Origin")
        if request.headers.get("Host") not in self._hosts or (
            request.method == "POST" and origin not in {f"http://{host}" for host in self._hosts}
        ):
            raise web.HTTPForbidden(text="This page answers only the browser on this machine.")
        try:
            return await handler(request)
        except (NoSuchPlace, SetupError, BackendError):
            return self._page(
                "Not here",
                "<p>There is no such place, message or command for this person. "
                'Begin again at <a href="/">all places</a>.</p>',
                status=404,
            )

    async def _front(self, _request: web.Request) -> web.Response:
        steps = "".join(
            f'<li><span>{_shown(what)}</span> <a class="go" {_tab(who, where)}>'
            f"Open {escape(self._label(who, where))}"
            f"<span> as {escape(self._places.world.people[who].name)}</span></a></li>"
            for who, where, what in TO_TRY
        )
        people = "".join(
            f"<li><h3>{escape(person.name)}</h3>"
            f'<p class="quiet">{escape(person.about)}</p><ul>'
            + "".join(
                f"<li><a {_tab(person.key, place.slug)}>{escape(place.label)}"
                f'<span class="hidden"> as {escape(person.name)}</span></a></li>'
                for place in self._places.of(person)
            )
            + "</ul></li>"
            for person in self._places.world.people.values()
        )
        return self._page(
            "Commonplace on a simulated Discord",
            f"<p>The desk is running for a server called {GUILD}. The desk, its answers and its "
            "database are the real ones; Discord is simulated, on your own machine, and nothing "
            "leaves it.</p><p>You play everybody: each link opens Discord as one person sees it, "
            "in a tab of its own.</p>"
            f'<h2>Five things to try</h2><ol class="steps">{steps}</ol>'
            f'<h2>People and places</h2><ul class="people">{people}</ul>'
            "<h2>Good to know</h2><p>To run a command, type <code>/</code> in the message box. "
            "Commands on a message are under <em>Message commands</em>, above each channel. Times "
            "are in UTC.</p>"
            "<p>Ctrl-C in the terminal stops it. The next start finds concerns, replies and "
            "settings again; what people said in the channels begins anew.</p>",
        )

    def _label(self, person: str, slug: str) -> str:
        place = self._places.find(person, slug)
        return place.label.lower() if place.direct else place.label

    async def _open(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(await self._places.address(self._place(request)), headers=self._HEADERS)

    async def _apps(self, request: web.Request) -> web.Response:
        place = self._place(request)
        commands = [] if place.direct else self._places.message_commands(place)
        buttons = "".join(
            f'<button name="command" value="{escape(name)}">{escape(name)}</button>'
            for name in commands
        )
        messages = "".join(
            f"<li><h2>{escape(author)}</h2><blockquote>{escape(text)}</blockquote>"
            f'<form method="post"><input type="hidden" name="message" value="{message}">'
            f"{buttons}</form></li>"
            for message, author, text in self._places.latest_messages(place)
        )
        return self._page(
            f"{place.person.name} in {place.label}: message commands",
            "<p>In Discord: right-click a message (or hold it), then Apps. "
            f'<a href="{_path(place)}">Back to {escape(place.label)}</a></p>'
            + (
                f'<ul class="messages">{messages}</ul>'
                if commands and messages
                else "<p>There is no message here, or no command for one.</p>"
            ),
        )

    async def _use_app(self, request: web.Request) -> web.Response:
        place, form = self._place(request), await request.post()
        message = str(form.get("message", ""))
        if place.direct or not (message.isascii() and message.isdecimal()):
            raise NoSuchPlace(request.path)
        where = await self._places.use_message_command(
            place, str(form.get("command", "")), int(message)
        )
        raise web.HTTPSeeOther(where, headers=self._HEADERS)

    def _place(self, request: web.Request) -> Place:
        return self._places.find(request.match_info["person"], request.match_info["place"])

    def _page(self, title: str, body: str, status: int = 200) -> web.Response:
        return web.Response(
            status=status,
            content_type="text/html",
            headers=self._HEADERS,
            text=f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
            f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>",
        )


def _path(place: Place) -> str:
    return f"/{place.person.key}/{place.slug}"


def _tab(person: str, slug: str) -> str:
    """Return a link's attributes: each place has its own tab, found again by its name."""
    return f'href="/{person}/{slug}" target="{person}-{slug}"'


def _shown(what: str) -> str:
    """Return a thing to try as HTML: commands as code, what to type easy to copy."""
    text = _COMMAND.sub(lambda found: f"<code>{found[0]}</code>", escape(what))
    return re.sub("“(.+?)”", r'<span class="say">\1</span>', text)

"""Several places of one simulated Discord in the browser at once.

SimCord shows one channel in one preview. The desk needs more: what Ana sees in #ask-the-desk, what
Sam sees in #desk-staff, Ana's direct messages. A `Place` is one person in one channel, with a
preview of its own on a port of its own, made when somebody first looks.

SimCord 3.2.1 is built for one preview, and for bots that take nothing down, in four respects. This
module is the only one that works around them (the tests beside it fail if they change; the version
is pinned):

- `Env._preview` holds the active preview, is checked for being closed before another may begin,
  and is told when an action has changed something. `_All` stands there: never in the way, and
  passing the message on to all previews, each of which knows whether the action is its own.
- Operations may not overlap; the second is refused. `Places.turn` makes them wait instead.
- A message that the bot takes down at once is an action that failed, says a page, and shows an
  error. Here it is what happened: `_PlacePreview._finish_action` says that it was sent.
- A page shows what was last published to it, and is published to by its own actions only.
  `Places.publish` compares what there is with what pages show, and publishes where it differs.
  A page refuses actions on a publication it has replaced; the browser learns of a replacement by
  polling, so one made here in the last half second would refuse an innocent click. Such actions
  are taken as made on the newest publication, unless the message they are about has changed.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import Any, cast

from aiohttp import web
from simcord import Env
from simcord.backend.access import can_access_channel
from simcord.backend.errors import BackendError
from simcord.builders import ChannelHandle
from simcord.enums import AppCommandType, ChannelType
from simcord.preview import Preview
from simcord.preview._actions import _Action
from simcord.preview._pages import _Page
from simcord.preview._server import PreviewServer
from simcord.results import ResponseMessage

from bot.clock import Clock
from bot.simulator.world import Person, World

_RECORDS_KEPT = 2000
_UNKNOWN_MESSAGE = 10_008
_MESSAGES_OFFERED = 10
_PLAIN = re.compile(r"[a-z0-9-]+")
_TICK_PATIENCE = 1.0
"""Seconds in which the bot should come to rest when time has passed."""
_READABLE = (ChannelType.TEXT, ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD)
DIRECT = "direct-messages"
"""The name in addresses of a person's direct messages with the bot."""


class NoSuchPlace(Exception):
    """Nobody is called that, or this person cannot see such a channel."""


@dataclass(frozen=True)
class Place:
    """One person looking at one channel. `slug` names the channel in addresses."""

    person: Person
    channel: ChannelHandle
    slug: str

    @property
    def direct(self) -> bool:
        """Say whether these are the person's direct messages with the bot."""
        return self.channel.guild is None

    @property
    def label(self) -> str:
        """What the channel is called on screen."""
        return "Direct messages" if self.direct else f"#{self.channel.name}"

    @property
    def viewer(self) -> Any:
        """Who SimCord is told is looking: a user in direct messages, else a member."""
        return self.person.user if self.direct else self.person.member


class _All:
    """What SimCord finds where it expects its one preview."""

    _closed = True  # a further preview may always begin

    def __init__(self, places: "Places") -> None:
        self._places = places

    def _mark_action_dispatched(self) -> None:
        for preview in self._places.previews():
            preview._mark_action_dispatched()


@dataclass
class _Seen:
    """What a page showed when it was last looked at here."""

    looks: int
    since: int | None = None
    """The first publication of the page's own that one from here has replaced."""
    changed: dict[str, int] = field(default_factory=dict)
    """Messages changed by publications from here, and the publication that last did."""


class _PlaceServer(PreviewServer):
    """SimCord's server, with a title that says whose page it is and a way back."""

    def __init__(self, preview: Preview, title: str, links: str) -> None:
        super().__init__(preview)
        self._title = title
        self._links = links

    async def _index(self, request: web.Request) -> web.Response:
        page: web.Response = await super()._index(request)
        before = '<label class="viewer-control">'
        page.text = (
            (page.text or "")
            .replace("<title>SimCord Preview</title>", f"<title>{self._title}</title>", 1)
            .replace(before, self._links + before, 1)
        )
        return page


class _PlacePreview(Preview):
    """One place's preview, which takes turns with the others."""

    def __init__(self, places: "Places", place: Place) -> None:
        super().__init__(
            places.env,
            place.channel,
            (place.viewer,),
            layout="channel",
            display="responsive",
            width=960,
            height=720,
            locale="en-US",
            timezone="UTC",
            presentation_time=None,
            assets=None,
            port=0,
        )
        self._places = places
        home = places.home
        links = f'<a class="toolbar-button" href="{home}">All places</a>'
        if not place.direct:
            apps = f"{home}{place.person.key}/{place.slug}/apps"
            links += f'<a class="toolbar-button" href="{apps}">Message commands</a>'
        title = escape(f"{place.person.name} in {place.label}")
        self._server = _PlaceServer(self, title, links)

    def _open_page(self, viewer_id: Any = None, target_id: Any = None) -> _Page:
        # A new page begins at the latest message, not at what was the latest for the first one.
        source = cast(_Page, self._python)
        source.target_id, source.window_end_id = self._places.latest(source), None
        self._advance_presentation_time()
        page = super()._open_page(viewer_id, target_id)
        source.modal = source.modal_handle = None
        self._places.noted(page)
        return page

    async def _action(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        async with self._places.turn:
            page = self._get_page(context_id)
            revision = page.revision
            result = await super()._action(context_id, self._places.caught_up(page, body))
            if page.revision != revision:
                self._places.noted(page)
            self._places.publish()
        return result

    def _finish_action(
        self,
        page: _Page,
        action: _Action,
        settlement: str,
        cursor: int,
        error: BaseException | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        cause = None if error is None else error.__cause__
        if isinstance(cause, BackendError) and cause.code == _UNKNOWN_MESSAGE:
            settlement, error, page.status = "settled", None, "current"
            action.outcomes = [{"kind": "no_output"}]
        return super()._finish_action(page, action, settlement, cursor, error, **more)


class Places:
    """Every place there is, and whoever acts in them, one at a time.

    Args:
        env: the simulated Discord; its bot has started.
        world: the server and its people.
        home: the front page's address, with a final slash.
    """

    def __init__(self, env: Env, world: World, home: str) -> None:
        self.env = env
        self.world = world
        self.home = home
        self.turn = asyncio.Lock()
        self._open: dict[tuple[str, int], _PlacePreview] = {}
        self._seen: dict[str, _Seen] = {}
        self._records = 0
        self._all = _All(self)

    def previews(self) -> list[Preview]:
        """Return the previews that serve pages now."""
        return [preview for preview in self._open.values() if not preview._closed]

    def of(self, person: Person) -> list[Place]:
        """Return where this person can look: direct messages, then channels and threads."""
        places = [Place(person, person.user.dm_channel, DIRECT)]
        backend = self.env.backend
        guild = backend.get_guild(self.world.guild_id)
        for channel_id in (*guild.channel_ids, *guild.thread_ids):
            channel = backend.channels[channel_id]
            if channel.type in _READABLE and can_access_channel(
                self.env, channel_id, person.member, history=True
            ):
                slug = channel.name or ""
                if not _PLAIN.fullmatch(slug) or any(place.slug == slug for place in places):
                    slug = f"channel-{channel_id}"  # threads may be called anything
                handle = ChannelHandle(self.env, self.world.guild, channel)
                places.append(Place(person, handle, slug))
        return places

    def find(self, person: str, slug: str) -> Place:
        """Return a place by the words of its address.

        Raises:
            NoSuchPlace: there is none, or this person cannot see it.
        """
        somebody = self.world.people.get(person)
        for place in self.of(somebody) if somebody else ():
            if place.slug == slug:
                return place
        raise NoSuchPlace(f"{person}/{slug}")

    async def address(self, place: Place) -> str:
        """Return where a browser finds this place, opening it first if nobody has looked yet.

        The address carries a secret: whoever holds it can act as this person.
        """
        async with self.turn:
            return (await self._preview(place)).url

    async def _preview(self, place: Place) -> _PlacePreview:
        key = (place.person.key, place.channel.id)
        preview = self._open.get(key)
        if preview is None or preview._closed:
            preview = _PlacePreview(self, place)
            try:
                await preview.__aenter__()
            finally:
                cast(Any, self.env)._preview = self._all
            self._open[key] = preview
        return preview

    def message_commands(self, place: Place) -> list[str]:
        """Return the message commands this person may use here."""
        found = self.env.backend.visible_commands(
            user_id=place.person.id, channel_id=place.channel.id, type=AppCommandType.MESSAGE
        )
        return [str(command["name"]) for command in found]

    def latest(self, page: _Page) -> int | None:
        """Return the newest message that this page's person sees, if there is one."""
        messages = self.env.backend.messages.get(page.channel_id, {}).values()
        seen = (message.id for message in messages if message.visible_to(page.viewer.id))
        return max(seen, default=None)

    def latest_messages(self, place: Place) -> list[tuple[int, str, str]]:
        """Return the id, author and text of what was last said to all here, newest first."""
        backend = self.env.backend
        said = [
            message
            for message in backend.messages.get(place.channel.id, {}).values()
            if message.content and not message.is_ephemeral
        ]
        newest = sorted(said, key=lambda message: -message.id)[:_MESSAGES_OFFERED]
        authors = (backend.get_user(message.author_id) for message in newest)
        return [
            (message.id, author.global_name or author.name, message.content)
            for message, author in zip(newest, authors, strict=True)
        ]

    async def use_message_command(self, place: Place, command: str, message_id: int) -> str:
        """Use a message command, which SimCord's page cannot; return where to see what came.

        Raises:
            SetupError, BackendError: there is no such message or command for this person.
        """
        async with self.turn:
            message = self.env.backend.get_message(place.channel.id, message_id)
            shown = await place.person.member.context_menu(
                place.channel, command, cast(Any, ResponseMessage(self.env, message))
            )
            preview = await self._preview(place)
            if shown.modal is not None:
                # The next page of this place opens with the form, as SimCord's show() does it.
                cast(_Page, preview._python).modal = shown
            self.publish()
            return preview.url

    async def tick(self, clock: Clock) -> None:
        """Bring the simulated time up to the real one, and pages up to date.

        What waits for time to pass (the desk's loops, views that expire) happens here. Does
        nothing while somebody acts: the next tick catches up.

        Raises:
            TimeoutError: the bot did not come to rest; the time may have moved only part of
                the way.
        """
        if self.turn.locked():
            return
        async with self.turn:
            # Shorter than for what people do: they would have to wait for their turn.
            patience, self.env.settle_timeout = self.env.settle_timeout, _TICK_PATIENCE
            try:
                behind = clock() - self.env.now()
                if behind > timedelta(0):
                    await self.env.advance_time(behind.total_seconds())
            finally:
                self.env.settle_timeout = patience
                self.publish()
                self._forget_old_records()

    def publish(self) -> None:
        """Publish again every page that no longer shows what there is."""
        records = len(self.env.backend.transcript)
        quiet = records == self._records
        looks: dict[int, str] = {}
        known = set()
        for preview in self.previews():
            for page in tuple(preview._pages.values()):
                if page is preview._python:
                    continue
                known.add(page.id)
                seen = self._seen[page.id]
                if quiet and page.status == "current":
                    continue
                now = self._looks(page, looks)
                if seen.looks != now or page.status == "stale":
                    seen.looks = now
                    self._publish(preview, page, seen)
        for gone in self._seen.keys() - known:
            del self._seen[gone]
        self._records = records

    def _publish(self, preview: Preview, page: _Page, seen: _Seen) -> None:
        before, revision = page.snapshot.get("messages", {}), page.revision
        preview._advance_presentation_time()
        preview._publish(page, reason="refresh")
        if seen.since is None:
            seen.since = revision
        after = page.snapshot.get("messages", {})
        for identity, message in before.items():
            if message != after.get(identity):
                seen.changed[identity] = page.revision

    def noted(self, page: _Page) -> None:
        """Note that a page has just been published to by itself."""
        self._seen[page.id] = _Seen(self._looks(page, {}))

    def caught_up(self, page: _Page, body: Any) -> Any:
        """Return an action's body, on the newest publication if the one it names was fine."""
        seen = self._seen.get(page.id)
        named = body.get("published_revision") if isinstance(body, Mapping) else None
        if seen is None or seen.since is None or not isinstance(named, int):
            return body
        changed = seen.changed.get(str(body.get("target_id")), 0)
        if not seen.since <= named < page.revision or named < changed:
            return body
        return {**body, "published_revision": page.revision}

    def _looks(self, page: _Page, channels: dict[int, str]) -> int:
        """Return a number that changes with anything the page shows."""
        backend, here = self.env.backend, page.channel_id
        channel = backend.channels.get(here)
        if here not in channels:
            channels[here] = repr((channel, backend.messages.get(here)))
        guild = backend.guilds.get(channel.guild_id) if channel and channel.guild_id else None
        standing = (guild.roles, guild.members.get(page.viewer.id)) if guild else None
        return hash((channels[here], repr(standing), repr(backend.commands)))

    def _forget_old_records(self) -> None:
        # SimCord keeps every event and request, for tests; a demo runs for hours.
        backend = self.env.backend
        for records in (backend.transcript, backend.http_requests):
            if len(records) > _RECORDS_KEPT:
                del records[: -_RECORDS_KEPT // 2]
        self._records = len(backend.transcript)

    async def close(self) -> None:
        """Close every place's page."""
        for preview in self.previews():
            await preview.close()

"""Taking e-mail in: looking into the operator's Maildir or mbox, and what the hook brings."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator

import structlog

from bot.concerns.mail.boxes import BoxTrouble, Maildir, Mbox, OpenMbox, Waiting
from bot.concerns.mail.door import MailDoor
from bot.concerns.mail.model import Outcome
from bot.concerns.troubles import TooMany
from bot.guilds import Guilds
from bot.settings import Mail
from bot.store.engine import Store, StoreUnavailable
from bot.store.notices import staff_notice
from bot.store.outbox import Outbox

_STOP_SECONDS = 5.0

log = structlog.stdlib.get_logger(__name__)


class NoServer(Exception):
    """Nobody said which server e-mail is for, and the desk is set up in none or several."""


class PostBox:
    """What brings messages to the e-mail door."""

    def __init__(
        self, settings: Mail, door: MailDoor, guilds: Guilds, store: Store, outbox: Outbox
    ) -> None:
        self._settings = settings
        self.door = door
        self._guilds = guilds
        self._store = store
        self._outbox = outbox
        self.most_bytes = settings.max_megabytes * 1_000_000

    async def take(self, raw: bytes) -> Outcome:
        """Take one message; it is committed when this returns.

        Raises:
            NoServer: nobody said which server it is for.
            TooMany: too much came lately.
            StoreUnavailable: nothing was kept.
        """
        return await self.door.take(await self.guild_id(), raw)

    async def guild_id(self) -> int:
        """Return the server that e-mail is for.

        Raises:
            NoServer: nobody said which.
        """
        if self._settings.guild_id is not None:
            return self._settings.guild_id
        setups = await self._guilds.all()
        if len(setups) != 1:
            raise NoServer
        return setups[0].guild_id

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look now and then for as long as this is held open, if there is anything to look into."""
        if self._settings.maildir is None and self._settings.mbox is None:
            yield
            return
        stopping = asyncio.Event()
        watching = asyncio.create_task(self._watch(stopping), name="postbox")
        try:
            yield
        finally:
            # An mbox must not be left locked, nor half written.
            stopping.set()
            await asyncio.wait([watching], timeout=_STOP_SECONDS)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def look(self, stopping: asyncio.Event | None = None) -> int:
        """Take what waits in the boxes; return how many messages were taken.

        Raises:
            BoxTrouble, NoServer: it cannot be done until somebody changes something.
            StoreUnavailable: the database is away; what waits goes on waiting.
        """
        guild_id = await self.guild_id()
        stop = stopping or asyncio.Event()
        taken = 0
        if self._settings.maildir is not None:
            maildir = Maildir(self._settings.maildir)
            for one in await asyncio.to_thread(maildir.waiting):
                taken += not stop.is_set() and await self._one(guild_id, maildir, one)
        if self._settings.mbox is not None and not stop.is_set():
            taken += await self._mbox(guild_id, Mbox(self._settings.mbox), stop)
        return taken

    async def _mbox(self, guild_id: int, mbox: Mbox, stop: asyncio.Event) -> int:
        """Take a part at a time, so that the mail server can get at its file in between."""
        taken, left = 0, list[str]()
        while not stop.is_set():
            box = await asyncio.to_thread(mbox.open)
            try:
                waiting = await asyncio.to_thread(box.waiting, left)
                for one in waiting:
                    if stop.is_set() or not await self._one(guild_id, box, one):
                        left.append(one.name)
                    else:
                        taken += 1
            finally:
                await asyncio.to_thread(box.close)
            if not waiting:
                break
        return taken

    async def _one(self, guild_id: int, box: Maildir | OpenMbox, one: Waiting) -> bool:
        if one.size > self.most_bytes:
            size = str(max(1, one.size // 1_000_000))
            await self._tell(guild_id, "notice.mail.large", one, size=size)
            return False
        raw = await asyncio.to_thread(box.read, one)
        if raw is None:
            return False
        try:
            await self.door.take(guild_id, raw)
        except TooMany:
            return False
        except StoreUnavailable:
            raise
        except Exception as error:
            # A fault of our own at one message must not keep those behind it waiting.
            log.error("mail.not_taken", error=type(error).__name__)
            await self._tell(guild_id, "notice.mail.stuck", one)
            return False
        await asyncio.to_thread(box.taken, one)
        return True

    async def _tell(self, guild_id: int, key: str, one: Waiting, **values: str) -> None:
        """Tell staff, once, of a message that stays where it is."""
        which = hashlib.sha256(f"{one.name}:{one.size}".encode()).hexdigest()[:20]
        once = f"{key.removeprefix('notice.').replace('.', '-')}:{which}"
        notice = staff_notice(guild_id, key, once=once, **values)
        await self._store.write(lambda session: self._outbox.post(session, notice))

    async def _watch(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self.look(stopping)
            except (BoxTrouble, NoServer, StoreUnavailable) as error:
                log.warning("mail.look_failed", error=type(error).__name__)
            except Exception as error:
                # A fault of our own must not shut the door for good.
                log.error("mail.look_failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.poll_seconds):
                    await stopping.wait()

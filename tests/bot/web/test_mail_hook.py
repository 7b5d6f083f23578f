"""The hook over real sockets: signed messages are committed, and everything else is a 401."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.desk import Desk
from bot.settings import Settings
from bot.store.people import Address
from bot.web.mail.hook import MailHook
from tests.bot.concerns.mail.corpus import plain
from tests.conftest import ROOT, StandingClock

GUILD, SECRET = 900, "a secret of at least thirty-two characters"
ANA = Address("ana@example.org")


@pytest.fixture
async def desk(tmp_path: Path, clock: StandingClock, randomness) -> AsyncIterator[Desk]:
    chosen = Settings.model_validate(
        {
            "database_url": f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}",
            "key_file": tmp_path / "desk.key",
            "knowledge": ROOT / "tests" / "cogs" / "knowledge",
            "licensing": ROOT / "config" / "licensing",
            "locale": ROOT / "config" / "locale",
            "mail": {
                "address": "desk@desk.example",
                "guild_id": GUILD,
                "max_megabytes": 1,
                "hook": {"enabled": True, "port": 0},
            },
            "mail_hook_secret": SECRET,
        }
    )
    desk = await Desk.open(chosen, clock=clock, randomness=randomness)
    yield desk
    await desk.close()


@pytest.fixture
async def hook(desk: Desk) -> AsyncIterator[MailHook]:
    hook = MailHook(desk)
    await hook.start()
    yield hook
    await hook.stop()


async def post(hook: MailHook, body: bytes, **headers: str) -> int:
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"http://127.0.0.1:{hook.port}/mail", data=io.BytesIO(body), headers=headers
        ) as answer,
    ):
        return answer.status


def signed(hook: MailHook, body: bytes, stamp: int) -> dict[str, str]:
    given = str(stamp).encode()
    return {
        "X-Desk-Timestamp": str(stamp),
        "X-Desk-Signature": f"sha256={hook.sign(given, body).decode()}",
    }


async def test_a_signed_message_is_committed_and_sent_again_is_nothing_new(
    desk: Desk, hook: MailHook, clock: StandingClock
):
    now, body = int(clock().timestamp()), plain()
    for _ in range(2):
        assert await post(hook, body, **signed(hook, body, now)) == 200
    assert len(await desk.mail.own([GUILD], ANA)) == 1


async def test_whatever_is_not_signed_just_now_is_refused(
    desk: Desk, hook: MailHook, clock: StandingClock
):
    now, body = int(clock().timestamp()), plain()
    good = signed(hook, body, now)
    mark = good["X-Desk-Signature"]
    bad = [
        {},
        {"X-Desk-Timestamp": str(now)},
        {**good, "X-Desk-Signature": ""},
        {**good, "X-Desk-Signature": mark[:-1]},
        {**good, "X-Desk-Signature": mark.removeprefix("sha256=")},
        {**good, "X-Desk-Signature": mark.upper()},
        {**good, "X-Desk-Timestamp": str(now + 1)},
        {**good, "X-Desk-Timestamp": "²"},
        {**good, "X-Desk-Timestamp": f"{now}.0"},
        signed(hook, body, now - 301),
        signed(hook, body, now + 301),
        signed(hook, b"other words", now),
    ]
    for headers in bad:
        assert await post(hook, body, **headers) == 401, headers
    assert await post(hook, body, **signed(hook, body, now - 299)) == 200
    clock.move(minutes=11)
    assert await post(hook, body, **signed(hook, body, now)) == 401
    assert await post(hook, b"x" * 1_100_000, **good) == 413
    assert len(await desk.mail.own([GUILD], ANA)) == 1


def test_ten_thousand_signatures_that_are_wrong_are_refused(
    desk: Desk, hook: MailHook, clock: StandingClock
):
    body, stamp = plain(), str(int(clock().timestamp())).encode()
    right = b"sha256=" + hook.sign(stamp, body)
    wrong = (right[:-5] + f"{number:05x}".encode() for number in range(10_000))
    assert not any(hook.signed(stamp, one, body) for one in wrong if one != right)
    assert hook.signed(stamp, right, body)


async def test_a_short_secret_opens_nothing(desk: Desk, clock: StandingClock):
    hook = MailHook(desk)
    hook._secret = b"short"
    stamp = str(int(clock().timestamp())).encode()
    assert not hook.signed(stamp, b"sha256=" + hook.sign(stamp, b""), b"")


async def test_the_script_that_comes_with_the_desk_hands_a_message_over(
    desk: Desk, hook: MailHook, clock: StandingClock, tmp_path: Path
):
    clock.now = datetime.now(UTC)  # the script has no other clock
    given = tmp_path / "mail.env"
    given.write_text(
        f"# where, and the secret\nDESK_MAIL_HOOK=http://127.0.0.1:{hook.port}/mail\n"
        f"COMMONPLACE_MAIL_HOOK_SECRET={SECRET}\n"
    )

    async def run() -> int | None:
        script = str(ROOT / "deploy" / "mail-to-desk.py")
        ran = await asyncio.create_subprocess_exec(
            sys.executable, script, str(given), stdin=asyncio.subprocess.PIPE
        )
        await ran.communicate(plain())
        return ran.returncode

    assert await run() == 0
    assert len(await desk.mail.own([GUILD], ANA)) == 1
    clock.move(minutes=10)
    assert await run() == 75

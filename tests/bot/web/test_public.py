"""The web form over real sockets: without a script, without a trace, and never a 5xx."""

import html
import re
import sqlite3
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import CookieJar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.concerns.model import CloseReason, Consent, Kind, State
from bot.desk import Desk
from bot.settings import Public, Settings
from bot.web.public.guard import source_of
from bot.web.public.server import PublicServer
from bot.words import Words
from tests.conftest import ROOT, StandingClock

GUILD = 900
CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}")
STORY = "They used <b>my photo</b> & more"


@pytest.fixture
async def desk(tmp_path, clock: StandingClock, randomness) -> AsyncIterator[Desk]:
    chosen = Settings.model_validate(
        {
            "database_url": f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}",
            "key_file": tmp_path / "desk.key",
            "knowledge": ROOT / "tests" / "cogs" / "knowledge",
            "licensing": ROOT / "config" / "licensing",
            "locale": ROOT / "config" / "locale",
            "web": {"public": {"enabled": True, "port": 0, "guild_id": GUILD}},
        }
    )
    desk = await Desk.open(chosen, clock=clock, randomness=randomness)
    yield desk
    await desk.close()


class Browser:
    """A browser without scripts: keeps cookies, and sends what a page's form holds."""

    def __init__(self, http: aiohttp.ClientSession, address: str) -> None:
        self.http, self.address, self.page, self.status = http, address, "", 0
        self.headers: dict[str, str] = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}

    async def get(self, path: str, **headers: str) -> str:
        async with self.http.get(self.address + path, headers=headers) as answer:
            self.status, self.page, self.answer = answer.status, await answer.text(), answer
        return self.page

    async def post(self, path: str, _token: str | None = None, **fields: str) -> str:
        forms = self.page.split("<form ")
        held = next((one for one in forms if f'action="{path}"' in one), self.page)
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', held):
            fields.setdefault(name, html.unescape(value))
        if _token is not None:
            fields["token"] = _token
        async with self.http.post(self.address + path, data=fields, headers=self.headers) as answer:
            self.status, self.page, self.answer = answer.status, await answer.text(), answer
        return self.page

    async def raise_(self, **changed: str) -> str:
        await self.get("/")
        filled = {"kind": "privacy", "what": STORY, "link": "", "wish": "", "consent": "count"}
        return await self.post("/", **{**filled, **changed})

    async def back(self, code: str) -> str:
        await self.get("/back")
        return await self.post("/back", code=code)


@pytest.fixture
async def server(desk: Desk) -> AsyncIterator[PublicServer]:
    server = PublicServer(desk)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def browser(server: PublicServer) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Browser(http, f"http://127.0.0.1:{server.port}")


def code_in(page: str) -> str:
    found = CODE.search(page)
    assert found, page
    return found[0]


async def test_a_concern_is_logged_and_led_back_to(browser: Browser, desk: Desk):
    page = await browser.raise_()
    assert browser.status == 200
    code = code_in(page)
    own = await desk.anonymous.own([GUILD], code, source="t")
    assert (own.what, own.consent) == (STORY, Consent.COUNT)

    await desk.triage.reply(GUILD, own.reference, 7, "We <i>asked</i> them.", intake="1")
    page = await browser.back(code.lower())
    assert html.escape("We <i>asked</i> them.") in page
    assert html.escape(STORY, quote=False) in page

    page = await browser.post("/back/add", text="One thing more")
    assert "One thing more" in page
    await browser.post("/back/consent", consent="quote_unnamed")
    assert "box first" in await browser.post("/back/withdraw")
    page = await browser.post("/back/withdraw", sure="yes")
    assert "withdrawn" in page
    own = await desk.anonymous.own([GUILD], code, source="t")
    assert (own.close_reason, own.what) == (CloseReason.WITHDRAWN, "")


@pytest.mark.parametrize("kind", [Kind.CHILD, Kind.DANGER])
async def test_the_receipt_of_an_urgent_concern_shows_where_help_is(browser: Browser, kind: Kind):
    await browser.get("/")
    page = await browser.post("/", kind=kind, what=STORY, consent="nothing")
    t = Words.load(ROOT / "config" / "locale").tongue("en")
    assert CODE.search(page)
    assert t("concern.part.help") in page
    first = t(f"concern.help.{kind}").splitlines()[0].split("http")[0]
    assert html.escape(first, quote=False)[:40] in html.unescape(page)


async def test_news_waits_there_once_and_a_closed_concern_is_opened_again(
    browser: Browser, desk: Desk
):
    await browser.raise_()
    code = code_in(browser.page)
    own = await desk.anonymous.own([GUILD], code, source="t")
    await desk.triage.open(GUILD, own.reference, 7)
    await desk.triage.move(GUILD, own.reference, 7, State.CLOSED, reason=CloseReason.RESOLVED)
    page = await browser.back(code)
    assert "Staff have read it" in page
    assert "Open it again" in page
    assert "Staff have read it" not in await browser.back(code)
    assert "open again" in await browser.post("/back/reopen")
    own = await desk.anonymous.own([GUILD], code, source="t")
    assert own.state is State.REOPENED


async def test_the_same_form_sent_twice_makes_one_concern_and_shows_one_code(
    browser: Browser, desk: Desk
):
    form = await browser.get("/")
    codes = set()
    for _ in range(3):
        browser.page = form
        codes.add(code_in(await browser.post("/", kind="other", what="x", consent="nothing")))
    assert len(codes) == 1
    assert (await desk.triage.queue(GUILD)).total_open == 1


async def test_what_was_typed_survives_every_failure(
    browser: Browser, desk: Desk, clock: StandingClock
):
    kept = html.escape(STORY, quote=False)
    assert kept in await browser.raise_(link="nowhere")
    assert 'href="#link"' in browser.page
    assert 'aria-invalid="true"' in browser.page
    assert kept in await browser.raise_(kind="")
    await browser.get("/")
    clock.move(hours=4)
    assert kept in await browser.post("/", kind="other", what=STORY, consent="nothing")
    assert browser.status == 403
    assert CODE.search(await browser.post("/", kind="other", what=STORY, consent="nothing"))


async def test_posts_from_elsewhere_are_refused(browser: Browser, desk: Desk):
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        browser.headers = headers
        await browser.raise_()
        assert browser.status == 403
    browser.headers = {"Origin": browser.address}
    await browser.get("/")
    await browser.post("/", kind="other", what="x", _token="a" * 22 + ".1." + "b" * 43)
    assert browser.status == 403
    await browser.get("/")
    browser.http.cookie_jar.clear()
    await browser.post("/", kind="other", what="x")
    assert browser.status == 403
    assert (await desk.triage.queue(GUILD)).total_open == 0


async def test_every_answer_has_the_headers(browser: Browser):
    for path in (
        "/",
        "/back",
        "/nowhere",
        re.findall(r"/style-\w+\.css", await browser.get("/"))[0],
    ):
        await browser.get(path)
        headers = browser.answer.headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_behind_tls_the_cookie_is_the_hosts_own(desk: Desk):
    web = desk.settings.web
    public = Public(base_url="https://desk.example.org", port=0)
    changed = {"web": web.model_copy(update={"public": public})}
    object.__setattr__(desk, "settings", desk.settings.model_copy(update=changed))
    server = PublicServer(desk)
    await server.start()
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{server.port}/") as answer,
    ):
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-desk=")
        assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
        assert "Strict-Transport-Security" in answer.headers
    await server.stop()


async def test_it_speaks_french(browser: Browser):
    assert '<html lang="fr">' in await browser.get("/", **{"Accept-Language": "de, fr-CA;q=0.8"})


async def test_guessing_and_flooding_are_held_up(browser: Browser):
    for _ in range(11):
        await browser.back("0000")
    assert browser.status == 429
    for _ in range(21):
        page = await browser.raise_()
    assert browser.status == 429
    assert html.escape(STORY, quote=False) in page


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::1", "unknown", False),
    ],
)
def test_a_household_is_one_source(one: str, other: str, same: bool):
    assert (source_of(one) == source_of(other)) is same


async def test_no_address_is_kept_or_logged(
    browser: Browser, desk: Desk, capfd: pytest.CaptureFixture[str]
):
    code = code_in(await browser.raise_())
    await browser.back(code)
    file = desk.settings.database_file
    assert file is not None
    with sqlite3.connect(file) as database:
        dump = "\n".join(database.iterdump())
    for trace in ("127.0.0.1", code, STORY):
        assert trace not in dump
    printed = "".join(capfd.readouterr())
    assert code not in printed
    assert "127.0.0.1" not in printed


async def test_what_is_too_long_is_told(browser: Browser):
    await browser.raise_(what="x" * 200_000)
    assert browser.status == 413
    assert "<h1>" in browser.page


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(
        ["/", "/back", "/back/add", "/back/consent", "/back/reopen", "/back/withdraw", "/%2500"]
    ),
    body=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.lists(
            st.tuples(
                st.sampled_from(["token", "kind", "what", "code", "consent", "text", "sure"]),
                st.sampled_from(["", "%ff", "%00", "%ED%A0%80", "a" * 5000, "privacy", "1.2.3"]),
            )
        ).map(lambda pairs: "&".join("=".join(pair) for pair in pairs).encode()),
    ),
    sort=st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=nonsense",
            "application/x-www-form-urlencoded; charset=utf-16",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "application/json",
            "",
        ]
    ),
    cookie=st.sampled_from(["", "desk=x", "desk=" + "a" * 22, "=;;="]),
)
async def test_no_malformed_request_is_a_fault(
    server: PublicServer, path: str, body: bytes, sort: str, cookie: str
):
    headers = {"Content-Type": sort, "Cookie": cookie}
    address = f"http://127.0.0.1:{server.port}{path}"
    async with (
        aiohttp.ClientSession() as http,
        http.post(address, data=body, headers=headers) as answer,
    ):
        assert answer.status < 500

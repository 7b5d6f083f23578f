"""Appealing in a browser, for who was banned and can use no command."""

import re

from bot.desk import Desk
from bot.moderation.cases.model import Act, Order, State
from bot.web.public.server import PublicServer
from tests.bot.web.test_public import GUILD, browser, desk, server

__all__ = ["browser", "desk", "server"]


async def test_a_banned_person_reads_the_decision_and_appeals(
    server: PublicServer, desk: Desk, browser
):
    guild_id = GUILD
    order = Order(Act.BAN, "be-kind", "Posted <b>faces</b>", subject=5)
    case = await desk.cases.act(guild_id, 6, order, intake="x")
    await desk.store.write(lambda session: desk.cases.done(session, guild_id, case.reference))
    page = await browser.get("/appeal")
    wrong = await browser.post("/appeal", code="7K4Q-2MXX")
    assert "There is no such case" in wrong
    page = await browser.post("/appeal", code=case.code)
    assert "Posted &lt;b&gt;faces&lt;/b&gt;" in page
    assert "What should the moderators know?" in page
    page = await browser.post("/appeal", code=case.code, act="appeal", words="My own photo")
    assert "Your appeal was received." in page
    assert re.search(r"decides by \d{4}-\d\d-\d\d", page)
    seen = await desk.cases.case(guild_id, case.reference)
    assert seen.state is State.APPEALED
    assert seen.appeal is not None
    assert seen.appeal.words == "My own photo"

"""The import contracts leave no room out: a new one is placed before it can be merged."""

import pkgutil
import tomllib

import bot
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LAYERS, DOMAIN = PROJECT["tool"]["importlinter"]["contracts"][:2]
PLACED = [[name.strip(" ()") for name in layer.split("|")] for layer in LAYERS["layers"]]
KNOWS_LOGS_ONLY = {"bot.log", "bot.metrics"}
"""They are below everything, and import neither the desk nor Discord."""


def test_every_room_has_its_layer():
    rooms = {f"bot.{module.name}" for module in pkgutil.iter_modules(bot.__path__)}
    assert rooms - {"bot.__main__"} == {name for layer in PLACED for name in layer} - {"cogs"}


def test_every_room_below_the_faces_is_kept_from_discord():
    desk = next(number for number, layer in enumerate(PLACED) if "bot.desk" in layer)
    below = {name for layer in PLACED[desk:] for name in layer}
    assert below - KNOWS_LOGS_ONLY == set(DOMAIN["source_modules"])
    assert {"discord", "aiohttp", "cogs", "bot.platform"} <= set(DOMAIN["forbidden_modules"])

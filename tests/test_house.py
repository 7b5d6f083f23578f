"""Rules of the house that no other tool keeps: every room has its layer, cogs hide nothing."""

import importlib
import inspect
import pkgutil
import tomllib

from discord.ext import commands

import bot
import cogs
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LAYERS, DOMAIN = PROJECT["tool"]["importlinter"]["contracts"][:2]
PLACED = [[name.strip(" ()") for name in layer.split("|")] for layer in LAYERS["layers"]]
CHAINED = ("__init__", "cog_load", "cog_unload")
"""What each part of a cog adds to, by `super()`."""
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


def test_no_part_of_a_cog_hides_what_another_part_answers():
    hidden = []
    for module in pkgutil.walk_packages(cogs.__path__, "cogs."):
        for cog in vars(importlib.import_module(module.name)).values():
            if not inspect.isclass(cog) or not issubclass(cog, commands.Cog):
                continue
            parts = [part for part in cog.__mro__ if part.__module__.startswith("cogs.")]
            names = [
                name
                for part in parts
                for name, what in vars(part).items()
                if inspect.isroutine(what) and name not in CHAINED
            ]
            hidden += [f"{cog.__name__}.{name}" for name in names if names.count(name) > 1]
    assert not hidden

"""What all terminal commands share: settings, a desk to look at, and how to stop with a message."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot import log
from bot import settings as settings_module
from bot.desk import Desk
from bot.settings import Settings

OK, WRONG, USAGE = 0, 1, 2
CONFIG = "config/commonplace.yaml"

Command = Callable[[argparse.Namespace], int]


class Stop(Exception):
    """Stop with exit status 1 and this message."""


def read_settings(arguments: argparse.Namespace) -> Settings:
    """Return the settings that a command's arguments name.

    Raises:
        Stop: the file that was named is not there.
        WrongSettings: something in them is wrong.
    """
    if arguments.config != Path(CONFIG) and not arguments.config.exists():
        raise Stop(f"There is no settings file {arguments.config}.")
    settings = settings_module.load(arguments.config, os.environ)
    return settings.for_demo() if getattr(arguments, "demo", False) else settings


def meant_settings(arguments: argparse.Namespace) -> Settings:
    """Return the settings whose data a command is to look at: who only tried the demo means it."""
    settings = read_settings(arguments)
    own, demo = settings.database_file, settings.for_demo().database_file
    if settings.token is None and own and not own.exists() and demo and demo.exists():
        print("Only the demo has run here; these are its data.", file=sys.stderr)
        return settings.for_demo()
    return settings


def with_desk(arguments: argparse.Namespace, act: Callable[[Desk], Awaitable[int]]) -> int:
    """Open the desk to look at, run `act` on it, and close it again."""
    settings = meant_settings(arguments)
    log.configure("ERROR")

    async def session() -> int:
        desk = await Desk.open(settings, serving=False)
        try:
            return await act(desk)
        finally:
            await desk.close()

    return asyncio.run(session())

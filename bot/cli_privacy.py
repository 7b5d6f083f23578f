"""`commonplace privacy …`, `backup` and `restore`: what may be asked of the data itself."""

import argparse
import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import log
from bot.concerns.mail.message import address_of
from bot.desk import Desk
from bot.privacy.inventory import as_markdown
from bot.privacy.model import NothingKept
from bot.store.audit import Entry, Verdict
from bot.store.hold import DatabaseHeld, hold
from bot.store.people import Who
from bot.store.scrub import scrub
from bot.terminal import OK, WRONG, Command, Stop, meant_settings, with_desk
from bot.vault import add_key, drop_old_keys

Add = Callable[[Any, str, Command, str], argparse.ArgumentParser]

_AT = "terminal"
_DEMO_HELP = "the demo's data instead of the desk's own"


def add_to(commands: Any, add: Add) -> None:
    """Add these commands to the parser."""
    backup = add(commands, "backup", _backup, "Copy the database while it is in use.")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = add(commands, "restore", _restore, "Put a backup in the database's place.")
    restore.add_argument("file", type=Path, metavar="FILE")

    privacy = commands.add_parser("privacy", help="Export, erase, and look after what is kept.")
    parts = privacy.add_subparsers(required=True, metavar="COMMAND")
    for name, run, about in (
        ("export", _export, "Print everything that is kept of one person, as JSON."),
        ("erase", _erase, "Erase one person; print what went and what stays."),
    ):
        command = add(parts, name, run, about)
        who = command.add_mutually_exclusive_group(required=True)
        who.add_argument("--member", type=int, metavar="ID", help="Discord id")
        who.add_argument("--address", metavar="EMAIL", help="the address they wrote from")
        command.add_argument("--guild", type=int, metavar="ID", help="one server only")
        command.add_argument("--demo", action="store_true", help=_DEMO_HELP)
    retention = add(parts, "retention", _retention, "Remove what is past its time, as each day.")
    retention.add_argument("--dry-run", action="store_true", help="only count what would go")
    retention.add_argument("--demo", action="store_true", help=_DEMO_HELP)
    rotate = add(parts, "rotate-keys", _rotate, "Seal everything under a new key, in use.")
    rotate.add_argument(
        "--drop-old", action="store_true", help="remove the old keys once nothing needs them"
    )
    rotate.add_argument("--demo", action="store_true", help=_DEMO_HELP)
    shown = add(parts, "inventory", _inventory, "Print what is kept, table by table.")
    shown.add_argument("--demo", action="store_true", help=_DEMO_HELP)

    audit = parts.add_parser("audit", help="Verify or export who opened, changed, exported what.")
    parts = audit.add_subparsers(required=True, metavar="COMMAND")
    for name, run, about in (
        ("verify", _audit_verify, "Check that no entry was changed, inserted or removed."),
        ("export", _audit_export, "Print the entries, one JSON object a line."),
    ):
        command = add(parts, name, run, about)
        command.add_argument("--guild", type=int, metavar="ID", help="one server only")
        command.add_argument("--demo", action="store_true", help=_DEMO_HELP)


def _backup(arguments: argparse.Namespace) -> int:
    from bot.store.backup import BackupTrouble, back_up

    settings = meant_settings(arguments)
    log.configure("ERROR")
    try:
        back_up(settings.database_url.get_secret_value(), arguments.file)
    except BackupTrouble as error:
        raise Stop(str(error)) from None
    print(f"Written to {arguments.file}. Keep the key and {settings.erase_list} apart from it.")
    return OK


def _restore(arguments: argparse.Namespace) -> int:
    from bot.restoring import restore
    from bot.store.backup import BackupTrouble

    settings = meant_settings(arguments)
    log.configure("ERROR")
    try:
        restored = asyncio.run(restore(settings, arguments.file))
    except BackupTrouble as error:
        raise Stop(str(error)) from None
    print(f"Restored. Erased again, as they had been since: {restored.erased_again}.")
    if restored.kept is not None:
        print(f"The database it replaces is {restored.kept}; delete it when all is well.")
    return OK


def _who(arguments: argparse.Namespace) -> Who:
    if arguments.address is None:
        return int(arguments.member)
    address = address_of(arguments.address)
    if address is None:
        raise Stop(f"{arguments.address} is no e-mail address.")
    return address


def _export(arguments: argparse.Namespace) -> int:
    async def act(desk: Desk) -> int:
        try:
            export = await desk.privacy.export(_who(arguments), arguments.guild, at=_AT)
        except NothingKept:
            raise Stop("The desk keeps nothing of this member there.") from None
        # ASCII only: what people type may hold what a terminal acts on, or cannot encode.
        print(json.dumps(export.as_json(), indent=2))
        return OK

    return with_desk(arguments, act)


def _erase(arguments: argparse.Namespace) -> int:
    async def act(desk: Desk) -> int:
        try:
            erased = await desk.privacy.erase(_who(arguments), arguments.guild, at=_AT)
        except NothingKept:
            raise Stop("The desk keeps nothing of this member there.") from None
        t = desk.words.english
        print(f"{erased.reference}  {erased.at.isoformat()}")
        for title, lines in (("goes", erased.goes), ("stays", erased.stays)):
            print(t(f"privacy.erase.{title}"))
            for what, count in lines.items():
                print(f"  {t.plural(f'privacy.{title}.{what}', count)}")
        try:
            # Nobody serves this database now, so it may be written anew at once.
            with hold(desk.settings.database_url.get_secret_value()):
                await scrub(desk.store)
        except DatabaseHeld:
            pass  # a desk runs; it does so with its day's work
        return OK

    return with_desk(arguments, act)


def _retention(arguments: argparse.Namespace) -> int:
    async def act(desk: Desk) -> int:
        dry = arguments.dry_run
        outcomes = await (desk.retention.plan() if dry else desk.retention.enforce())
        for outcome in outcomes:
            print(f"{outcome.rule}  {outcome.days} days  {outcome.count}")
        if not dry and any(outcome.count for outcome in outcomes):
            await scrub(desk.store)
        return OK

    return with_desk(arguments, act)


def _rotate(arguments: argparse.Namespace) -> int:
    async def act(desk: Desk) -> int:
        settings = desk.settings
        if arguments.drop_old:
            if settings.keys is not None:
                raise Stop("Take the old keys out of COMMONPLACE_KEYS yourself, once 0 are left.")
            await desk.rotation.run()
            left = await desk.rotation.left()
            if left:
                raise Stop(f"{left} values still need an old key; nothing was dropped. Try again.")
            print(f"Old keys dropped: {drop_old_keys(settings.key_file)}.")
            return OK
        if settings.keys is None:
            add_key(settings.key_file)
        elif settings.keys.get_secret_value().count(",") == 0:
            raise Stop(
                "Put a new key first in COMMONPLACE_KEYS (`commonplace doctor --new-key` prints "
                "one), keep the old one after a comma, restart the desk, and run this again."
            )
        sealed = await desk.rotation.run()
        indexed = await desk.finding.rebuilding.renew()
        left = await desk.rotation.left()
        print(f"Sealed anew: {sealed}. Left: {left}. Indexed anew: {indexed} concerns.")
        return OK

    return with_desk(arguments, act)


def _inventory(arguments: argparse.Namespace) -> int:
    async def act(desk: Desk) -> int:
        print(as_markdown(desk.retention.rules), end="")
        return OK

    return with_desk(arguments, act)


def _audit_verify(arguments: argparse.Namespace) -> int:
    async def act(desk: Desk) -> int:
        async def work(session: AsyncSession) -> list[Verdict]:
            return [
                await desk.audit.verify(session, guild_id)
                for guild_id in await _guilds(desk, session, arguments)
            ]

        verdicts = await desk.store.read(work)
        for verdict in verdicts:
            end = f"ends at {verdict.last} {verdict.hash}"
            said = "whole" if verdict.whole else f"BROKEN at {verdict.broken}: {verdict.why}"
            print(f"{verdict.guild_id}  {verdict.entries} entries, {end}  {said}")
        return OK if all(verdict.whole for verdict in verdicts) else WRONG

    return with_desk(arguments, act)


def _audit_export(arguments: argparse.Namespace) -> int:
    async def act(desk: Desk) -> int:
        async def work(session: AsyncSession) -> list[Entry]:
            found = []
            for guild_id in await _guilds(desk, session, arguments):
                await desk.audit.record(
                    session, guild_id, None, "audit.exported", "audit", {"at": _AT}
                )
                found += [entry async for entry in desk.audit.entries(session, guild_id)]
            return found

        for entry in await desk.store.write(work):
            print(
                json.dumps(
                    {
                        "server": str(entry.guild_id),
                        "number": entry.number,
                        "at": entry.at.isoformat(),
                        "actor": entry.actor_id,
                        "what": entry.what,
                        "subject": entry.subject,
                        "detail": entry.detail,
                        "hash": entry.hash,
                    }
                )
            )
        return OK

    return with_desk(arguments, act)


async def _guilds(desk: Desk, session: AsyncSession, arguments: argparse.Namespace) -> list[int]:
    return [arguments.guild] if arguments.guild else await desk.audit.guild_ids(session)

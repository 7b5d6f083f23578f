"""`commonplace …`: the desk from a terminal. One small function per command.

Exit status: 0 success, 1 what was asked about is wrong (a message says what), 2 wrong usage.
Nothing but results on standard output; messages and logs go to standard error.
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import __version__, cli_privacy, log
from bot.concerns import commands as concern_commands
from bot.desk import Desk
from bot.ids import read_reference
from bot.knowledge import commands as knowledge_commands
from bot.knowledge.library import KnowledgeFaults, Library
from bot.knowledge.service import Knowledge
from bot.licensing import commands as license_commands
from bot.licensing.commands import NoSuchLicense
from bot.licensing.model import LicensingFaults
from bot.licensing.service import Licensing
from bot.moderation.rules import RuleFaults
from bot.promises.shipped import PromiseFaults
from bot.settings import WrongSettings
from bot.store import StoreUnavailable
from bot.store.hold import DatabaseHeld
from bot.store.migrate import NewerDatabase, migrate
from bot.terminal import CONFIG, OK, USAGE, WRONG, Command, Stop, read_settings, with_desk
from bot.topics.shipped import TopicFaults
from bot.vault import KeyTrouble, new_keys
from bot.words import Tongue, Words, WordsTrouble

_DEMO_HELP = "look at the demo's data instead of the desk's own"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    arguments = _parser().parse_args(argv)
    command: Command = arguments.command
    try:
        return command(arguments)
    except WrongSettings as error:
        message = f"The settings cannot be used:\n{error}"
    except KnowledgeFaults as error:
        message = "The knowledge base has faults:\n" + "\n".join(
            f"{fault.file}:{fault.line}: {fault.message}" for fault in error.faults
        )
    except LicensingFaults as error:
        message = f"The facts about licenses have faults:\n{error}"
    except PromiseFaults as error:
        message = f"The promises have faults:\n{error}"
    except TopicFaults as error:
        message = f"The topic pages have faults:\n{error}"
    except RuleFaults as error:
        message = f"The rules of moderation have faults:\n{error}"
    except StoreUnavailable as error:
        message = (
            f"The database cannot be reached or written ({error}). Check database_url, that the "
            "server runs, and that the disk has room; nothing was lost."
        )
    except (Stop, NoSuchLicense, KeyTrouble, NewerDatabase, DatabaseHeld, WordsTrouble) as error:
        message = str(error)
    except KeyboardInterrupt:
        return OK
    except BrokenPipeError:
        # Who reads it has seen enough; nothing more may be written, at the end of Python either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    print(message, file=sys.stderr)
    return WRONG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="commonplace",
        description="The community desk of an open-licensing non-profit, on Discord.",
    )
    parser.add_argument("--version", action="version", version=f"commonplace {__version__}")
    parser.add_argument(
        "--config",
        type=Path,
        default=Path(os.environ.get("COMMONPLACE_CONFIG", CONFIG)),
        metavar="FILE",
        help=f"settings file (default: {CONFIG})",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(to: Any, name: str, run: Command, about: str) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = to.add_parser(name, help=about, description=about)
        command.set_defaults(command=run)
        return command

    add(commands, "run", _run, "Serve the real Discord; needs DISCORD_TOKEN.")
    demo = add(commands, "demo", _demo, "Open the desk on a simulated Discord in the browser.")
    demo.add_argument("--port", type=int, default=8710, help="the front page's port (0: any)")
    demo.add_argument("--no-browser", action="store_true", help="do not open a browser")
    doctor = add(commands, "doctor", _doctor, "Check that everything the desk needs is in place.")
    doctor.add_argument("--new-key", action="store_true", help="print a fresh pair of keys and end")
    doctor.add_argument("--demo", action="store_true", help=_DEMO_HELP)
    add(commands, "migrate", _migrate, "Bring the database up to date.")

    ask = add(commands, "ask", _ask, "Ask the knowledge base a question.")
    ask.add_argument("question", nargs="?", help="the question, in quotes")
    ask.add_argument("--json", action="store_true", help="answer as JSON")
    ask.add_argument("--batch", type=Path, metavar="FILE", help="questions, one JSON object a line")
    ask.add_argument("--knowledge", type=Path, metavar="DIR", help="another knowledge directory")

    _add_knowledge(commands, add)

    license_tools = commands.add_parser("license", help="Ask the license tools.")
    parts = license_tools.add_subparsers(required=True, metavar="COMMAND")
    explain = add(parts, "explain", _license_explain, "Say what a license allows and asks for.")
    explain.add_argument("license", help="its name, id or address, in quotes")
    remix = add(parts, "remix", _license_remix, "Say whether works can be remixed together.")
    remix.add_argument("license", nargs="+", help="two to six licenses")
    credit = add(parts, "attribution", _license_attribution, "Build the credit for a work.")
    credit.add_argument("license", help="its name, id or address, in quotes")
    for option in ("title", "creator", "source"):
        credit.add_argument(f"--{option}", default="", metavar="TEXT")

    concerns = commands.add_parser("concerns", help="Look at the concern ledger.")
    parts = concerns.add_subparsers(required=True, metavar="COMMAND")
    listing = add(parts, "list", _concerns_list, "List open concerns, oldest first; no texts.")
    listing.add_argument("--guild", type=int, metavar="ID", help="one server only")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.add_argument("--demo", action="store_true", help=_DEMO_HELP)
    show = add(parts, "show", _concerns_show, "Show one concern in full, as staff see it.")
    show.add_argument("reference", metavar="REF")
    show.add_argument("--guild", type=int, metavar="ID", help="the server, if there are several")
    show.add_argument("--json", action="store_true", help="as JSON")
    show.add_argument("--demo", action="store_true", help=_DEMO_HELP)
    cli_privacy.add_to(commands, add)
    return parser


def _add_knowledge(commands: Any, add: Callable[..., argparse.ArgumentParser]) -> None:
    knowledge = commands.add_parser("knowledge", help="Check, count or export the knowledge base.")
    parts = knowledge.add_subparsers(required=True, metavar="COMMAND")
    check = add(parts, "check", _knowledge_check, "Validate entries; name file and line of faults.")
    check.add_argument("directory", nargs="?", type=Path, metavar="DIR")
    stats = add(parts, "stats", _knowledge_stats, "Count entries, by section and by state.")
    stats.add_argument("directory", nargs="?", type=Path, metavar="DIR")
    export = add(parts, "export", _knowledge_export, "Write the loaded entries as YAML.")
    export.add_argument("directory", type=Path, metavar="DIR")
    export.add_argument("--guild", type=int, metavar="ID", help="with this server's revisions")
    export.add_argument("--demo", action="store_true", help=_DEMO_HELP)
    newer = add(
        parts, "import", _knowledge_import, "Compare a newer copy of the official FAQ (Markdown)."
    )
    newer.add_argument("file", type=Path, metavar="FILE")


def _run(arguments: argparse.Namespace) -> int:
    from bot.running import NoDiscord, NoToken, WrongToken, serve
    from bot.web.health import PortBusy

    settings = read_settings(arguments)
    log.configure(settings.log_level)
    try:
        asyncio.run(serve(settings))
    except (NoToken, WrongToken, NoDiscord, PortBusy) as error:
        raise Stop(str(error)) from None
    return OK


def _demo(arguments: argparse.Namespace) -> int:
    try:
        from bot.simulator.desk import demo
    except ModuleNotFoundError as error:
        raise Stop(
            f"The simulated Discord is not installed ({error.name}). Run `make run`, or install "
            "the demo extra: pip install 'commonplace[demo]'."
        ) from None
    from bot.simulator.demo import DemoTrouble

    settings = read_settings(arguments)
    log.configure("WARNING" if settings.log_level == "INFO" else settings.log_level)
    try:
        asyncio.run(demo(settings, port=arguments.port, open_browser=not arguments.no_browser))
    except DemoTrouble as error:
        raise Stop(str(error)) from None
    return OK


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.doctor import examine

    if arguments.new_key:
        keys, index_key = new_keys()
        print(f"COMMONPLACE_KEYS={keys}\nCOMMONPLACE_INDEX_KEY={index_key}")
        return OK
    log.configure("ERROR")
    findings = asyncio.run(examine(lambda: read_settings(arguments)))
    for finding in findings:
        print(finding)
    return OK if all(finding.fine for finding in findings) else WRONG


def _migrate(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments)
    log.configure("ERROR")
    before = asyncio.run(migrate(settings.database_url.get_secret_value()))
    print(f"The database is up to date (it was {'new' if before is None else f'at {before}'}).")
    return OK


def _knowledge(arguments: argparse.Namespace) -> Knowledge:
    from bot.clock import utc_now

    directory, vectors = getattr(arguments, "knowledge", None), None
    if directory is None:
        settings = read_settings(arguments)
        directory = settings.knowledge
        vectors = settings.key_file.with_name("vectors.npz")
    if not directory.is_dir():
        raise Stop(f"There is no knowledge directory {directory}.")
    return Knowledge(directory, clock=utc_now, vectors=vectors)


def _ask(arguments: argparse.Namespace) -> int:
    if (arguments.question is None) == (arguments.batch is None):
        print("commonplace ask: give a question or --batch FILE, one of the two", file=sys.stderr)
        return USAGE
    knowledge = _knowledge(arguments)
    if arguments.batch is not None:
        try:
            with arguments.batch.open(encoding="utf-8") as lines:
                for answer in knowledge_commands.ask_batch(lines, knowledge):
                    print(json.dumps(answer, ensure_ascii=False))
        except (OSError, ValueError) as error:
            raise Stop(f"{arguments.batch}: {error}") from None
        return OK
    answer = knowledge_commands.ask(knowledge, arguments.question)
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print(knowledge_commands.as_text(knowledge, answer))
    return OK


def _knowledge_check(arguments: argparse.Namespace) -> int:
    directory = arguments.directory or read_settings(arguments).knowledge
    faults, summary = knowledge_commands.check_report(directory)
    for fault in faults:
        print(f"{fault.file}:{fault.line}: {fault.message}")
    print(summary, file=sys.stderr if faults else sys.stdout)
    return WRONG if faults else OK


def _knowledge_stats(arguments: argparse.Namespace) -> int:
    arguments.knowledge = arguments.directory
    print(knowledge_commands.stats_report(_knowledge(arguments)))
    return OK


def _knowledge_export(arguments: argparse.Namespace) -> int:
    directory: Path = arguments.directory
    if directory.exists() and any(directory.iterdir()):
        raise Stop(f"{directory} is not empty; choose a new directory.")
    scope = read_settings(arguments).knowledge / knowledge_commands.SCOPE_FILE

    def write(library: Library) -> int:
        knowledge_commands.export(library, directory)
        if scope.exists():
            shutil.copyfile(scope, directory / scope.name)
        print(f"Written to {directory}.")
        return OK

    if arguments.guild is None:
        arguments.knowledge = None
        return write(_knowledge(arguments).library)

    async def act(desk: Desk) -> int:
        return write(desk.knowledge.of(arguments.guild).library)

    return with_desk(arguments, act)


def _knowledge_import(arguments: argparse.Namespace) -> int:
    from bot.knowledge.upstream import news

    directory = read_settings(arguments).knowledge
    try:
        print(news(directory, arguments.file, today=datetime.now(UTC).date()))
    except (OSError, ValueError) as error:
        raise Stop(f"The copy cannot be compared: {error}") from None
    return OK


def _licensing(arguments: argparse.Namespace) -> tuple[Licensing, Tongue]:
    settings = read_settings(arguments)
    return Licensing(settings.licensing), Words.load(settings.locale).english


def _license_explain(arguments: argparse.Namespace) -> int:
    print(license_commands.explain(*_licensing(arguments), arguments.license))
    return OK


def _license_remix(arguments: argparse.Namespace) -> int:
    try:
        print(license_commands.remix(*_licensing(arguments), arguments.license))
    except ValueError as error:
        print(f"commonplace license remix: {error}", file=sys.stderr)
        return USAGE
    return OK


def _license_attribution(arguments: argparse.Namespace) -> int:
    forms, found = license_commands.attribution(
        *_licensing(arguments),
        license=arguments.license,
        title=arguments.title,
        creator=arguments.creator,
        source=arguments.source,
    )
    print(forms)
    for line in found:
        print(line, file=sys.stderr)
    return OK


def _concerns_list(arguments: argparse.Namespace) -> int:
    async def act(desk: Desk) -> int:
        guild_ids = [arguments.guild] if arguments.guild else await desk.triage.guild_ids()
        lines = [line async for line in concern_commands.open_lines(desk.triage, guild_ids)]
        if arguments.json:
            for line in lines:
                print(json.dumps(line))
        elif lines:
            print(concern_commands.as_table(lines))
        else:
            print("No concern is open.", file=sys.stderr)
        return OK

    return with_desk(arguments, act)


def _concerns_show(arguments: argparse.Namespace) -> int:
    reference = read_reference(arguments.reference, "C")
    if reference is None:
        raise Stop(f"{arguments.reference!r} is not a reference; one looks like C-7K4Q-2M.")

    async def act(desk: Desk) -> int:
        guild_ids = [arguments.guild] if arguments.guild else await desk.triage.guild_ids()
        case = await concern_commands.find_case(desk.triage, guild_ids, reference)
        if case is None:
            raise Stop(f"There is no concern {reference}.")
        if arguments.json:
            # ASCII only: what people type may hold what a terminal acts on, or cannot encode.
            print(json.dumps(concern_commands.as_data(case), indent=2))
        else:
            print(concern_commands.as_text(case))
        return OK

    return with_desk(arguments, act)


if __name__ == "__main__":
    sys.exit(main())

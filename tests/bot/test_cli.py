"""Every terminal command, as a person runs it: exit status, results, and what to do when not."""

import asyncio
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import discord
import pytest
import structlog
from sqlalchemy import create_engine, text

from bot import __version__
from bot.cli import OK, USAGE, WRONG, main
from bot.concerns.model import Draft, Kind
from bot.desk import Desk
from bot.settings import load
from bot.store.hold import hold
from tests.conftest import ROOT

PHOTOS = ROOT / "tests" / "cogs" / "knowledge" / "photos.yaml"
QUESTION = "Can a license forbid face recognition?"


@dataclass
class Ran:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's directory with settings, words and a small knowledge base; made current."""
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config, ignore=shutil.ignore_patterns("knowledge"))
    (config / "knowledge").mkdir()
    shutil.copy(PHOTOS, config / "knowledge")
    (config / "commonplace.yaml").write_text("web: {port: 0}\n", "utf-8")
    for name in [*os.environ]:
        if name.startswith("COMMONPLACE_") or name == "DISCORD_TOKEN":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command in this process; logging is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        try:
            status = main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Ran(status, said.out, said.err)

    yield run
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def raise_concern(home: Path, what: str = "The chart contradicts the deed.") -> str:
    """Raise a concern in the desk of `home`; return its reference."""

    async def work() -> str:
        desk = await Desk.open(load(home / "config" / "commonplace.yaml", {}))
        try:
            receipt = await desk.concerns.raise_(
                guild_id=7,
                reporter_id=123_456_789_012_345_678,
                draft=Draft(kind=Kind.QUESTION, what=what),
                intake=f"test:{what}",
                receipt=None,
            )
            return receipt.reference
        finally:
            await desk.close()

    return asyncio.run(work())


def test_no_command_is_wrong_usage_and_lists_the_commands(run: Run):
    ran = run()
    assert ran.status == USAGE
    assert ran.out == ""
    assert "usage: commonplace" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("ask",),
        ("ask", "a question", "--batch", "file"),
        ("knowledge",),
        ("concerns",),
        ("concerns", "show"),
        ("demo", "--port", "many"),
        ("concerns", "list", "--guild", "seven"),
    ],
)
def test_wrong_usage_ends_with_two_and_says_nothing_on_standard_output(
    run: Run, arguments: tuple[str, ...]
):
    ran = run(*arguments)
    assert ran.status == USAGE
    assert ran.out == ""
    assert ran.err


def test_the_version_is_said(run: Run):
    assert run("--version").out == f"commonplace {__version__}\n"


def test_help_names_every_command(run: Run):
    ran = run("--help")
    assert ran.status == OK
    for command in ("run", "demo", "doctor", "migrate", "ask", "knowledge", "concerns"):
        assert f"\n    {command} " in ran.out


def test_a_question_is_answered_on_standard_output_and_nothing_else_is(run: Run):
    ran = run("ask", QUESTION)
    assert (ran.status, ran.err) == (OK, "")
    assert ran.out.startswith(QUESTION)
    assert "Sources:" in ran.out
    assert "not legal advice" in ran.out


def test_a_question_nobody_knows_is_said_so(run: Run):
    ran = run("ask", "zzz qqq")
    assert ran.status == OK
    assert "does not know" in ran.out


def test_an_answer_as_json(run: Run):
    answer = json.loads(run("ask", QUESTION, "--json").out)
    assert answer["outcome"] == "answer"
    assert answer["matches"][0]["entry"] == "photo-faces"
    assert answer["matches"][0]["sources"][0].startswith("https://")


def test_a_batch_is_answered_a_line_each_in_order(run: Run, home: Path):
    asked = [{"id": "b", "q": QUESTION}, {"id": 1, "q": "zzz qqq"}, {"id": "a", "q": ""}]
    batch = home / "in.jsonl"
    batch.write_text("\n".join(map(json.dumps, asked)) + "\n\n", "utf-8")
    ran = run("ask", "--batch", "in.jsonl", "--json")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["id"] for line in lines] == ["b", 1, "a"]
    assert [line["outcome"] for line in lines] == ["answer", "unknown", "unknown"]
    assert set(lines[0]) == {"id", "outcome", "confidence", "matches", "milliseconds"}


@pytest.mark.parametrize("content", [b'{"id": 1}\n', b"[]\n", b"hello\n", b"\xff\n", None])
def test_a_batch_that_is_none_names_the_file(run: Run, home: Path, content: bytes | None):
    if content is not None:
        (home / "in.jsonl").write_bytes(content)
    ran = run("ask", "--batch", "in.jsonl", "--json")
    assert ran.status == WRONG
    assert ran.out == ""
    assert ran.err.startswith("in.jsonl: ")


def test_a_knowledge_directory_that_is_not_there(run: Run, home: Path):
    ran = run("ask", QUESTION, "--knowledge", "nowhere")
    assert (ran.status, ran.out) == (WRONG, "")
    assert ran.err == "There is no knowledge directory nowhere.\n"
    shutil.rmtree(home / "config" / "knowledge")
    for command in (("ask", QUESTION), ("knowledge", "stats")):
        ran = run(*command)
        assert (ran.status, ran.out) == (WRONG, "")
        assert "config/knowledge" in ran.err


def test_a_checked_knowledge_base_is_summed_up(run: Run):
    ran = run("knowledge", "check")
    assert (ran.status, ran.out, ran.err) == (OK, "3 entries in 1 sections: no faults.\n", "")


def test_faults_are_the_result_of_a_check_by_file_and_line(run: Run, home: Path):
    file = home / "config" / "knowledge" / "photos.yaml"
    file.write_text(file.read_text("utf-8").replace("confidence:", "confidnce:", 1), "utf-8")
    ran = run("knowledge", "check", "config/knowledge")
    assert ran.status == WRONG
    lines = ran.out.splitlines()
    assert all(line.startswith("config/knowledge/photos.yaml:") for line in lines)
    assert any("did you mean `confidence`?" in line for line in lines)
    assert ran.err == f"{len(lines)} faults in 1 files.\n"
    asked = run("ask", QUESTION)
    assert (asked.status, asked.out) == (WRONG, "")
    assert "config/knowledge/photos.yaml:" in asked.err


def test_entries_are_counted(run: Run):
    ran = run("knowledge", "stats")
    assert ran.status == OK
    assert ran.out.splitlines()[-1].split() == ["3", "in", "all"]


def test_the_knowledge_base_is_exported_to_a_new_directory_only(run: Run, home: Path):
    assert run("knowledge", "export", "out").status == OK
    assert run("knowledge", "check", "out").status == OK
    again = run("knowledge", "export", "out")
    assert (again.status, again.out) == (WRONG, "")
    assert "out is not empty" in again.err


def test_migrating_says_what_was_done(run: Run):
    assert run("migrate").out == "The database is up to date (it was new).\n"
    again = run("migrate")
    assert again.status == OK
    assert "it was at " in again.out


def test_concerns_are_listed_without_texts_and_shown_with_them(run: Run, home: Path):
    assert run("concerns", "list").out == ""
    reference = raise_concern(home)
    ran = run("concerns", "list", "--json")
    (line,) = map(json.loads, ran.out.splitlines())
    assert (line["guild"], line["reference"], line["claimed"]) == ("7", reference, False)
    assert "chart" not in ran.out
    assert reference in run("concerns", "list").out
    assert run("concerns", "list", "--guild", "8").out == ""

    shown = run("concerns", "show", reference.lower().replace("-", ""), "--json")
    case = json.loads(shown.out)
    assert (case["reference"], case["what"]) == (reference, "The chart contradicts the deed.")
    assert "123456789012345678" not in shown.out
    assert "The chart contradicts the deed." in run("concerns", "show", reference).out


def test_a_long_queue_is_listed_whole(run: Run, home: Path):
    references = [raise_concern(home, f"Concern {number}") for number in range(3)]
    listed = [json.loads(line) for line in run("concerns", "list", "--json").out.splitlines()]
    assert [line["reference"] for line in listed] == references


def test_a_concern_that_is_not_there_and_a_reference_that_is_none(run: Run, home: Path):
    ran = run("concerns", "show", "hello")
    assert (ran.status, ran.out) == (WRONG, "")
    assert "one looks like C-7K4Q-2M" in ran.err
    reference = raise_concern(home)
    ran = run("concerns", "show", reference, "--guild", "8")
    assert (ran.status, ran.out) == (WRONG, "")
    assert f"There is no concern {reference}." in ran.err


def test_fresh_keys_are_printed_for_the_environment(run: Run, home: Path):
    ran = run("doctor", "--new-key")
    names = [line.split("=", 1)[0] for line in ran.out.splitlines()]
    assert names == ["COMMONPLACE_KEYS", "COMMONPLACE_INDEX_KEY"]
    assert not (home / "data").exists()


def test_running_without_a_token_says_where_to_put_it(run: Run):
    ran = run("run")
    assert (ran.status, ran.out) == (WRONG, "")
    assert "DISCORD_TOKEN is not set" in ran.err
    assert "commonplace demo" in ran.err


def test_a_settings_file_that_is_not_there_is_said_if_it_was_asked_for(run: Run, home: Path):
    ran = run("--config", "other.yaml", "migrate")
    assert (ran.status, ran.err) == (WRONG, "There is no settings file other.yaml.\n")
    (home / "config" / "commonplace.yaml").unlink()
    assert run("migrate").status == OK


EVERY = [
    ("run",),
    ("demo", "--port", "0", "--no-browser"),
    ("migrate",),
    ("concerns", "list"),
    ("concerns", "show", "C-0000-00"),
]
"""The commands that open the desk or its database."""


@pytest.mark.parametrize("command", [*EVERY, ("ask", QUESTION), ("knowledge", "stats")])
def test_a_wrong_setting_stops_every_command_with_its_line(
    run: Run, home: Path, command: tuple[str, ...]
):
    (home / "config" / "commonplace.yaml").write_text("\nweb: {port: http}\n", "utf-8")
    ran = run(*command)
    assert (ran.status, ran.out) == (WRONG, "")
    assert "config/commonplace.yaml:2: web.port: " in ran.err


OPENING = [command for command in EVERY if command != ("migrate",)]


@pytest.mark.parametrize("command", EVERY)
def test_a_database_of_a_newer_release_stops_every_command(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
):
    assert run("migrate").status == OK
    database = home / "data" / "commonplace.db"
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    shutil.copy(database, database.with_name("commonplace-demo.db"))
    monkeypatch.setenv("DISCORD_TOKEN", "not.a.token")
    ran = run(*command)
    assert (ran.status, ran.out) == (WRONG, "")
    assert "a newer release has used it" in ran.err


@pytest.mark.parametrize("command", EVERY)
def test_a_database_that_cannot_be_reached_stops_every_command(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
):
    (home / "data").write_text("a file where the directory should be", "utf-8")
    monkeypatch.setenv("COMMONPLACE_KEY_FILE", str(home / "desk.key"))
    monkeypatch.setenv("DISCORD_TOKEN", "not.a.token")
    ran = run(*command)
    assert (ran.status, ran.out) == (WRONG, "")
    assert "The database cannot be reached or written" in ran.err


@pytest.mark.parametrize("command", OPENING)
def test_a_key_file_that_others_read_stops_what_opens_the_desk(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
):
    raise_concern(home)
    key = home / "data" / "desk.key"
    key.chmod(0o644)
    shutil.copy(key, key.with_name("desk-demo.key"))
    monkeypatch.setenv("DISCORD_TOKEN", "not.a.token")
    ran = run(*command)
    assert (ran.status, ran.out) == (WRONG, "")
    name = "data/desk-demo.key" if command[0] == "demo" else "data/desk.key"
    assert ran.err == (
        f"The key file {name} can be read by others on this machine. Run: chmod 600 {name}\n"
    )


def test_the_wrong_key_stops_what_opens_the_desk(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
):
    raise_concern(home)
    (home / "data" / "desk.key").unlink()
    ran = run("concerns", "list")
    assert (ran.status, ran.out) == (WRONG, "")
    assert "does not open its database" in ran.err


def test_words_that_are_missing_are_said(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.rmtree(home / "config" / "locale" / "en")
    ran = run("concerns", "list")
    assert (ran.status, ran.out) == (WRONG, "")
    assert "'en'" in ran.err


def test_a_database_that_another_desk_serves_is_left_alone(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DISCORD_TOKEN", "not.a.token")
    with hold("sqlite+aiosqlite:///data/commonplace.db"):
        ran = run("run")
        assert (ran.status, ran.out) == (WRONG, "")
        assert "Another desk is running on data/commonplace.db." in ran.err
        assert run("concerns", "list").status == OK


def test_without_a_network_the_desk_says_so_and_ends(run: Run, monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("DISCORD_TOKEN", "not.a.token")
    ran = run("run")
    assert (ran.status, ran.out) == (WRONG, "")
    assert "Discord cannot be reached (Client" in ran.err


def test_a_busy_port_stops_the_demo_and_the_desk(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ran = run("demo", "--port", port, "--no-browser")
        assert (ran.status, ran.out) == (WRONG, "")
        assert f"Port {port} on this machine is taken" in ran.err

        monkeypatch.setenv("DISCORD_TOKEN", "not.a.token")
        monkeypatch.setenv("COMMONPLACE_WEB__PORT", port)
        ran = run("run")
        assert (ran.status, ran.out) == (WRONG, "")
        assert f"Port {port} on 127.0.0.1 is taken" in ran.err


def test_the_program_itself_runs_and_returns_the_status(home: Path):
    command = [sys.executable, "-m", "bot", "ask", QUESTION, "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (ran.returncode, ran.stderr) == (OK, "")
    assert json.loads(ran.stdout)["outcome"] == "answer"
    wrong = subprocess.run(
        [*command[:3], "concerns", "show", "x"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert (wrong.returncode, wrong.stdout) == (WRONG, "")


def test_asking_from_the_terminal_does_not_load_discord(home: Path):
    program = (
        "import sys; from bot.cli import main; main(['ask', 'x']); "
        "sys.exit(any(name.split('.')[0] in ('discord', 'simcord') for name in sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program]
    assert (
        subprocess.run(command, capture_output=True, env=environment, check=False).returncode == 0
    )


def test_another_settings_file_is_named_on_the_command_line_or_in_the_environment(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
):
    (home / "other.yaml").write_text("web: {port: http}\n", "utf-8")
    assert "other.yaml:1: web.port" in run("--config", "other.yaml", "migrate").err
    monkeypatch.setenv("COMMONPLACE_CONFIG", "other.yaml")
    assert "other.yaml:1: web.port" in run("migrate").err

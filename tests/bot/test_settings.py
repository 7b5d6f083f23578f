"""Settings: what is wrong is named with its place and the fix; the environment wins over files."""

from pathlib import Path

import pytest

from bot.settings import Settings, WrongSettings, load
from tests.conftest import ROOT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "commonplace.yaml"


def problems(file: Path, text: str | None = None, **environment: str) -> tuple[str, ...]:
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(WrongSettings) as caught:
        load(file, environment)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def test_without_a_file_every_setting_has_its_default(file: Path):
    assert load(file, {}) == Settings()


def test_the_file_that_comes_with_the_desk_says_the_defaults():
    assert load(ROOT / "config" / "commonplace.yaml", {}) == Settings()


def test_a_file_overrides_defaults_and_the_environment_overrides_the_file(file: Path):
    file.write_text("web:\n  port: 9000\n  host: 10.0.0.1\nlog_level: DEBUG\n", "utf-8")
    settings = load(file, {"COMMONPLACE_WEB__PORT": "9100", "COMMONPLACE_LOG_LEVEL": "ERROR"})
    assert (settings.web.port, settings.web.host) == (9100, "10.0.0.1")
    assert settings.log_level == "ERROR"


@pytest.mark.parametrize(
    ("variable", "text", "path", "value"),
    [
        ("COMMONPLACE_WEB__ENABLED", "no", ("web", "enabled"), False),
        ("COMMONPLACE_WEB__PORT", "0", ("web", "port"), 0),
        ("COMMONPLACE_OPERATOR__NAME", "Open: Shelf [e.V.]", ("operator", "name"), None),
        ("COMMONPLACE_OPERATOR__CONTACT", "desk@example.org", ("operator", "contact"), None),
        ("COMMONPLACE_CONCERNS__PER_PERSON_PER_HOUR", "3", ("concerns", "per_person_per_hour"), 3),
    ],
)
def test_a_variable_is_read_as_what_the_setting_is(
    file: Path, variable: str, text: str, path: tuple[str, str], value: object
):
    settings = load(file, {variable: text})
    assert getattr(getattr(settings, path[0]), path[1]) == (text if value is None else value)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("x: 1\n", 1, "there is no setting named x; there are: operator, database_url, "),
        (
            "log_level: INFO\nweb:\n  prot: 1\n",
            3,
            "there is no setting named web.prot; did you mean port?",
        ),
        (
            "web:\n  zebra: 1\n",
            2,
            "no setting named web.zebra; there are: enabled, host, port, public.",
        ),
        ("web:\n  port: 70000\n", 2, "web.port: Input should be less than or equal to 65535"),
        ("web:\n  port: http\n", 2, "web.port: Input should be a valid integer"),
        ("web: 8711\n", 1, "web: "),
        ("log_level: LOUD\n", 1, "log_level: Input should be 'DEBUG', 'INFO', 'WARNING' or"),
        ("\ndatabase_url: mysql://x\n", 2, "must start with sqlite+aiosqlite:/// or postgresql"),
        ("concerns: {per_person_per_hour: 0}\n", 1, "concerns.per_person_per_hour: "),
        ("operator: {name: ''}\n", 1, "operator.name: "),
        ("token: abc\n", 1, "token does not belong in a file; set it in the environment"),
        ("log_level: INFO\nkeys: abc\n", 2, "keys does not belong in a file"),
        ("index_key: abc\n", 1, "index_key does not belong in a file"),
        ("- a list\n", 1, "must be a list of settings, each `name: value`"),
        ("just words\n", 1, "must be a list of settings, each `name: value`"),
        ("web:\n\tport: 1\n", 2, "use spaces, not tabs"),
        ("log_level: INFO\nlog_level: DEBUG\n", 2, "stands here a second time"),
    ],
)
def test_a_wrong_setting_is_named_with_file_and_line(file: Path, text: str, line: int, says: str):
    (problem,) = problems(file, text)
    assert problem.startswith(f"{file}:{line}: ")
    assert says in problem


def test_all_that_is_wrong_is_said_at_once(file: Path):
    found = problems(file, "web:\n  port: x\nlog_level: LOUD\nextra: 1\n")
    assert [problem.split(": ")[0] for problem in found] == [f"{file}:{line}" for line in (3, 2, 4)]


@pytest.mark.parametrize(
    ("variable", "text", "says"),
    [
        ("COMMONPLACE_WEB__PORT", "http", "web.port: Input should be a valid integer"),
        ("COMMONPLACE_DATABASE_URL", "mysql://x", "must start with sqlite+aiosqlite"),
        ("COMMONPLACE_WBE__PORT", "1", "there is no setting named wbe; did you mean web?"),
        ("COMMONPLACE_WEB", "1", "web: "),
    ],
)
def test_a_wrong_variable_is_named(file: Path, variable: str, text: str, says: str):
    (problem,) = problems(file, None, **{variable: text})
    assert problem.startswith(f"{variable} in the environment: ")
    assert says in problem


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    (problem,) = problems(tmp_path)
    assert problem.startswith(f"{tmp_path}:1: cannot be read")


def test_no_secret_is_ever_shown(file: Path):
    canary = "canary5ecret"
    settings = load(
        file,
        {
            "DISCORD_TOKEN": canary,
            "COMMONPLACE_KEYS": canary,
            "COMMONPLACE_INDEX_KEY": canary,
            "COMMONPLACE_DATABASE_URL": f"postgresql+asyncpg://desk:{canary}@host/name",
        },
    )
    assert settings.token is not None
    assert settings.token.get_secret_value() == canary
    shown = (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump()))
    assert not any(canary in text for text in shown)
    for found in (
        problems(file, f"database_url: mysql://desk:{canary}@host/name\n"),
        problems(file, f"token: {canary}\n"),
        problems(file, "", COMMONPLACE_DATABASE_URL=f"mysql://desk:{canary}@host/name"),
        problems(file, "web: {port: x}\n", DISCORD_TOKEN=canary, COMMONPLACE_KEYS=canary),
    ):
        assert canary not in "\n".join(found)


def test_empty_secrets_are_none(file: Path):
    settings = load(file, {"DISCORD_TOKEN": "", "COMMONPLACE_KEYS": "", "OTHER": "x"})
    assert settings.token is None
    assert settings.keys is None

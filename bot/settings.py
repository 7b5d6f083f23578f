"""Settings: one validated model, from `config/commonplace.yaml`, overridden by the environment.

`COMMONPLACE_DATABASE_URL=…` overrides `database_url`; a double underscore goes one level down:
`COMMONPLACE_WEB__PORT=9000` overrides `web: {port: …}`. The bot's token is read from
`DISCORD_TOKEN` only, never from a file. docs/settings.md documents every field (a test compares).
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot import yamlfile

ENVIRONMENT_PREFIX = "COMMONPLACE_"
_SECRETS = {
    "token": "DISCORD_TOKEN",
    "keys": "COMMONPLACE_KEYS",
    "index_key": "COMMONPLACE_INDEX_KEY",
    "mail_password": "COMMONPLACE_MAIL_PASSWORD",
    "mail_hook_secret": "COMMONPLACE_MAIL_HOOK_SECRET",
}
_NOT_SETTINGS = frozenset({*_SECRETS.values(), "COMMONPLACE_CONFIG"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Operator(_Part):
    """Who runs this desk. Shown by /about; never Creative Commons unless it is."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = "the people who run this server"
    contact: Annotated[str, Field(max_length=200)] = ""
    """An e-mail address or web page, shown to people as another way to write in."""


class Public(_Part):
    """The web form: concerns from a browser, without Discord. Put a proxy with TLS before it."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8712
    base_url: Annotated[str, Field(max_length=200, pattern="^(https?://[^/?#]+/?)?$")] = ""
    """Where people reach it, such as https://desk.example.org; forms are taken from there only."""
    guild_id: Annotated[int, Field(gt=0)] | None = None
    """The server it is for; not needed where the desk is in one."""
    feeds: bool = False
    """Whether what is published is served there too: sessions as a calendar, and Atom feeds."""
    behind_proxy: bool = False
    """Whether the operator's own proxy is before it, whose X-Forwarded-For can be believed."""


class Web(_Part):
    """Where /healthz, /readyz and /metrics are served. Keep it off the open internet."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8711
    public: Public = Public()


class Concerns(_Part):
    """How concerns are taken in."""

    per_person_per_hour: Annotated[int, Field(ge=1, le=1000)] = 20
    attachments: bool = True
    """Whether people may send pictures and plain text along with what they write to staff."""
    offer_joining_minutes: Annotated[int, Field(ge=0, le=14)] = 10
    """How long people may choose between adding their voice to a concern that others raised and
    logging theirs on its own, before it is logged by itself. 0 never offers it."""


class Hook(_Part):
    """An address of the desk's own that takes messages from a mail server or provider."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8713


class Smtp(_Part):
    """The mail server that takes the desk's letters. Its password is COMMONPLACE_MAIL_PASSWORD."""

    host: Annotated[str, Field(max_length=253, pattern=r"^[A-Za-z0-9.:-]*$")] = ""
    """Empty: the desk sends no e-mail."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`none` is for a server on this machine."""
    user: Annotated[str, Field(max_length=320)] = ""
    timeout_seconds: Annotated[float, Field(ge=1, le=110)] = 20.0


class Mail(_Part):
    """The e-mail door. Off until a way in is set: maildir, mbox or hook."""

    address: Annotated[
        str, Field(max_length=254, pattern=r"^([^\s@<>,;:\"]+@[A-Za-z0-9.-]+)?$")
    ] = ""
    """The desk's own address: people write to it, and what the desk sends is from it."""
    guild_id: Annotated[int, Field(gt=0)] | None = None
    """The server it is for; not needed where the desk is in one."""
    maildir: Path | None = None
    mbox: Path | None = None
    poll_seconds: Annotated[float, Field(ge=1, le=3600)] = 30.0
    max_megabytes: Annotated[int, Field(ge=1, le=50)] = 10
    """A larger message is left where it is, and staff are told."""
    per_hour: Annotated[int, Field(ge=1, le=10_000)] = 200
    """How many messages are taken in an hour; what is more waits."""
    hook: Hook = Hook()
    smtp: Smtp = Smtp()

    @property
    def taken_in(self) -> bool:
        """Say whether there is a way in."""
        return self.maildir is not None or self.mbox is not None or self.hook.enabled


class Questions(_Part):
    """Where questions are heard, and how many."""

    mentions: bool = True
    """Whether the desk answers messages in channels that mention it. Without this, and without
    message_content, Discord does not even tell it that a message was written."""
    message_content: bool = False
    """Whether the desk may read messages that do not mention it, in the channels that admins chose
    with `/questions`. Needs Discord's privileged Message Content intent."""
    per_person_per_minute: Annotated[int, Field(ge=1, le=1000)] = 10
    per_server_per_minute: Annotated[int, Field(ge=10, le=10_000)] = 240
    suggest_person_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60
    """How long one person gets no further suggestion that they did not ask for."""
    suggest_channel_minutes: Annotated[int, Field(ge=1, le=10_080)] = 10


class Moderation(_Part):
    """What reads messages to keep people safe."""

    rules: Path = Path("config/moderation.yaml")
    """The rules of the community, and what checks messages against them."""
    read_messages: bool = False
    """Whether messages are checked. Needs Discord's privileged Message Content intent."""
    dry_run: bool = True
    """Whether every check only records what it would have done, whatever the file of rules says."""


class Privacy(_Part):
    """For how many days what is kept of people is kept. What is open is never removed."""

    closed_concerns_days: Annotated[int, Field(ge=30, le=36500)] = 730
    """The words of a concern and its letters, after it was closed."""
    attachments_days: Annotated[int, Field(ge=1, le=36500)] = 90
    """The files people sent about a concern, after it was closed."""
    interviews_days: Annotated[int, Field(ge=1, le=7)] = 7
    """What people began to write down in direct messages and did not send."""
    people_days: Annotated[int, Field(ge=30, le=36500)] = 365
    """Who somebody is, after the last thing that the desk knows them for."""
    questions_days: Annotated[int, Field(ge=30, le=3650)] = 365
    """The words of a question that no entry answered."""
    feedback_days: Annotated[int, Field(ge=30, le=3650)] = 365
    """What was said about an entry."""
    mail_days: Annotated[int, Field(ge=7, le=3650)] = 90
    """An e-mail that was held, after staff were done with it; and that a message was taken."""
    coming_days: Annotated[int, Field(ge=7, le=365)] = 30
    """Who said that they come to a session, after it began."""
    moderation_copies_days: Annotated[int, Field(ge=1, le=365)] = 7
    """The text of a message that was taken down, so that its author can have it back."""
    photos_days: Annotated[int, Field(ge=7, le=3650)] = 365
    """Whose picture it is that the desk shows, so that they can take it down."""
    verdicts_days: Annotated[int, Field(ge=7, le=3650)] = 90
    """That a check found something, without the text."""
    moderation_cases_days: Annotated[int, Field(ge=30, le=3650)] = 365
    """Whom a moderation case is about, and its words, after it is over and counts for nothing."""
    moderation_evidence_days: Annotated[int, Field(ge=7, le=365)] = 30
    """Reports, and what a reported message said, after the case was decided."""
    audit_days: Annotated[int, Field(ge=30, le=36500)] = 1095
    """Who opened, changed and exported what."""
    outbox_days: Annotated[int, Field(ge=7, le=3650)] = 30
    """That an effect on Discord happened, or could not."""
    departed_servers_days: Annotated[int, Field(ge=1, le=365)] = 30
    """What is kept of a server, after it removed the desk."""


class Upstream(_Part):
    """Looking whether the pages that entries name as their sources are still there."""

    enabled: bool = False
    delay_seconds: Annotated[float, Field(ge=1, le=600)] = 5.0
    """The pause between two pages of the same host."""


class Settings(_Part):
    """Everything an operator can set."""

    operator: Operator = Operator()
    database_url: SecretStr = SecretStr("sqlite+aiosqlite:///data/commonplace.db")
    """SQLite by default; `postgresql+asyncpg://user:password@host/name` for PostgreSQL."""
    key_file: Path = Path("data/desk.key")
    """Made on first run, readable by its owner only. COMMONPLACE_KEYS replaces it."""
    knowledge: Path = Path("config/knowledge")
    licensing: Path = Path("config/licensing")
    promises: Path = Path("config/promises.yaml")
    topics: Path = Path("config/topics")
    locale: Path = Path("config/locale")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    web: Web = Web()
    concerns: Concerns = Concerns()
    questions: Questions = Questions()
    moderation: Moderation = Moderation()
    privacy: Privacy = Privacy()
    upstream: Upstream = Upstream()
    mail: Mail = Mail()
    token: SecretStr | None = Field(default=None, exclude=True)
    keys: SecretStr | None = Field(default=None, exclude=True)
    index_key: SecretStr | None = Field(default=None, exclude=True)
    mail_password: SecretStr | None = Field(default=None, exclude=True)
    mail_hook_secret: SecretStr | None = Field(default=None, exclude=True)

    @property
    def erase_list(self) -> Path:
        """The erase list's file, beside the key: restoring a database leaves it alone."""
        return self.key_file.with_suffix(".erased")

    @property
    def database_file(self) -> Path | None:
        """The database's file, if it is SQLite's and in a file."""
        kind, _, file = self.database_url.get_secret_value().partition(":///")
        file = file.partition("?")[0]
        return Path(file) if kind.startswith("sqlite") and file not in ("", ":memory:") else None

    def for_demo(self) -> "Settings":
        """Return the settings of the demo: the same, with a database and a key of its own.

        They stand beside the desk's own: `data/commonplace-demo.db`, `data/desk-demo.key`.
        """
        file = self.database_file or Path("data/commonplace.db")
        beside = file.with_name(f"{file.stem}-demo.db")
        form = self.web.public
        address = f"http://127.0.0.1:{form.port}"
        served = {"enabled": True, "host": "127.0.0.1", "base_url": address, "guild_id": None}
        served["feeds"] = True
        web = self.web.model_copy(update={"public": form.model_copy(update=served)})
        return self.model_copy(
            update={
                "web": web,
                "database_url": SecretStr(f"sqlite+aiosqlite:///{beside}"),
                "key_file": self.key_file.with_name(f"{self.key_file.stem}-demo.key"),
                "keys": None,
                "index_key": None,
                "token": None,
                # Trying the desk takes no real mail, and sends none.
                "mail": Mail(),
                # A simulated Discord grants every intent.
                "questions": self.questions.model_copy(update={"message_content": True}),
                "moderation": self.moderation.model_copy(
                    update={"read_messages": True, "dry_run": False}
                ),
            }
        )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("sqlite+aiosqlite:", "postgresql+asyncpg:")):
            raise ValueError(
                "must start with sqlite+aiosqlite:/// or postgresql+asyncpg:// (with two slashes)"
            )
        return value


@dataclass
class WrongSettings(Exception):
    """One or more settings are wrong. Each problem says where, what, and how to put it right."""

    problems: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.problems)


def load(file: Path, environment: Mapping[str, str]) -> Settings:
    """Read the settings from `file` (which may be missing) and `environment`.

    Raises:
        WrongSettings: something is wrong; names file and line, or the variable.
    """
    data: dict[str, Any] = {}
    document: yamlfile.Document | None = None
    if file.exists():
        try:
            document = yamlfile.load(file)
        except yamlfile.YamlFault as fault:
            raise WrongSettings((str(fault),)) from None
        if not isinstance(document.data, dict | None):
            raise WrongSettings((f"{file}:1: must be a list of settings, each `name: value`.",))
        data = document.data or {}
    for secret in _SECRETS:
        if secret in data:
            line = document.line((secret,)) if document else 1
            raise WrongSettings(
                (f"{file}:{line}: {secret} does not belong in a file; set it in the environment.",)
            )
    variables = _overlay(data, environment)
    secrets = {name: environment.get(variable) or None for name, variable in _SECRETS.items()}
    try:
        return Settings.model_validate({**data, **secrets})
    except ValidationError as error:
        raise WrongSettings(
            tuple(_plain(problem, file, document, variables) for problem in error.errors())
        ) from None


def _overlay(data: dict[str, Any], environment: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Lay the environment over `data`; return which variable set which path."""
    variables: dict[tuple[str, ...], str] = {}
    for name, text in sorted(environment.items()):
        if not name.startswith(ENVIRONMENT_PREFIX) or name in _NOT_SETTINGS:
            continue
        path = tuple(name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__"))
        place = data
        for key in path[:-1]:
            inner = place.get(key)
            place[key] = dict(inner) if isinstance(inner, dict) else {}
            place = place[key]
        place[path[-1]] = _value(text)
        variables[path] = name
    return variables


def _value(text: str) -> object:
    """Read numbers and yes/no as YAML does; leave all else the text it is."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return text
    return value if isinstance(value, int | float | bool) else text


def _plain(
    problem: Any,
    file: Path,
    document: yamlfile.Document | None,
    variables: Mapping[tuple[str, ...], str],
) -> str:
    path = tuple(str(part) for part in problem["loc"])
    name = ".".join(path)
    if problem["type"] == "extra_forbidden":
        known = _known(path[:-1])
        near = difflib.get_close_matches(path[-1], known, n=1)
        advice = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
        what = f"there is no setting named {name}; {advice}"
    else:
        what = f"{name}: {problem['msg'].removeprefix('Value error, ')}"
    variable = next(
        (
            given
            for known_path, given in variables.items()
            if known_path == path[: len(known_path)] or path == known_path[: len(path)]
        ),
        None,
    )
    if variable:
        what = f"{variable} in the environment: {what}"
    elif document is not None:
        what = f"{file}:{document.line(path)}: {what}"
    return what if what.endswith("?") else f"{what}."


def _known(path: tuple[str, ...]) -> list[str]:
    """Return the names of the settings below `path`."""
    part: type[BaseModel] = Settings
    for name in path:
        field = part.model_fields[name].annotation
        assert isinstance(field, type)  # noqa: S101 - only parts have settings below them
        part = field
    return [name for name in part.model_fields if name not in _HIDDEN]


_HIDDEN = frozenset(_SECRETS)

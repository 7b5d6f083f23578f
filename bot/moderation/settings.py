"""The shape of config/moderation.yaml: rules, and checks with scope, ladder and limits."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.moderation.model import PERSONAL, Action, Check, Mode, Step

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Domain = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=100)]
Snowflakes = tuple[Annotated[int, Field(gt=0)], ...]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
Count = Annotated[int, Field(ge=1, le=1000)]
Line = Annotated[str, Field(min_length=1, max_length=300)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class StepSettings(_Shape):
    """One step of a ladder."""

    action: Action
    minutes: Annotated[int, Field(ge=1, le=40_320)] | None = None

    @model_validator(mode="after")
    def _timed(self) -> Self:
        if (self.action is Action.TIMEOUT) != (self.minutes is not None):
            raise ValueError("minutes belong to a timeout, and a timeout needs them")
        return self

    @property
    def step(self) -> Step:
        """Return the step."""
        return Step(self.action, self.minutes or 0)


class CheckSettings(_Shape):
    """What every check has: its rule, how far it goes, where, for whom, and what follows."""

    id: Id
    check: Check
    rule: Id
    mode: Mode = Mode.DRY
    only_channels: Snowflakes = ()
    except_channels: Snowflakes = ()
    exempt_roles: Snowflakes = ()
    exempt_staff: bool = True
    """Whether moderators, staff and admins are left alone."""
    ladder: Annotated[tuple[StepSettings, ...], Field(min_length=1, max_length=10)]
    forget_hours: Annotated[int, Field(ge=1, le=8760)] = 24
    """How long a verdict counts towards the next step of the ladder."""
    cool_down_seconds: Annotated[int, Field(ge=0, le=86_400)] = 30
    """How long the same check counts what one person writes as the same occasion."""

    @property
    def personal(self) -> bool:
        """Say whether this belongs to the personal-data guard."""
        return self.check in PERSONAL

    def applies(self, channel_id: int, parent_id: int, roles: tuple[int, ...]) -> bool:
        """Say whether this check looks at what these roles write in this channel."""
        here = (channel_id, parent_id)
        if self.only_channels and not any(one in self.only_channels for one in here):
            return False
        if any(one in self.except_channels for one in here):
            return False
        return not any(role in self.exempt_roles for role in roles)


class Flood(CheckSettings):
    """Many messages of one person in a short time."""

    check: Literal[Check.FLOOD]
    messages: Annotated[int, Field(ge=3, le=100)] = 8
    seconds: Seconds = 8


class Repeated(CheckSettings):
    """The same text of one person again and again, in one channel or several."""

    check: Literal[Check.REPEATED]
    times: Annotated[int, Field(ge=2, le=100)] = 4
    seconds: Seconds = 120
    letters: Annotated[int, Field(ge=1, le=1000)] = 12
    """Shorter texts ("thanks", "+1") do not count."""


class Mentions(CheckSettings):
    """Many people mentioned at once."""

    check: Literal[Check.MENTIONS]
    most: Count = 6
    seconds: Seconds = 30
    everyone: bool = True
    """Whether @everyone and @here count, where their author may not use them."""


class Invites(CheckSettings):
    """Invitations to other servers."""

    check: Literal[Check.INVITES]
    allow: tuple[Line, ...] = ()
    """Codes that are welcome: https://discord.gg/CODE."""


class Links(CheckSettings):
    """Links to places that are not welcome, and links that hide where they lead."""

    check: Literal[Check.LINKS]
    deny: tuple[Domain, ...] = ()
    allow: tuple[Domain, ...] = ()
    """If there are any, links to anywhere else are not welcome."""
    shorteners: bool = True


class Lookalikes(CheckSettings):
    """Links to names that pretend to be one that people trust."""

    check: Literal[Check.LOOKALIKES]
    protect: Annotated[tuple[Domain, ...], Field(min_length=1, max_length=200)]


class Zalgo(CheckSettings):
    """Letters buried under marks."""

    check: Literal[Check.ZALGO]
    marks: Annotated[int, Field(ge=3, le=50)] = 4
    """So many marks on one letter, which no language has."""


class Invisible(CheckSettings):
    """Characters nobody sees, which hide a text or turn it around."""

    check: Literal[Check.INVISIBLE]
    most: Count = 4


class Words(CheckSettings):
    """Words and phrases, however they are disguised."""

    check: Literal[Check.WORDS]
    words: Annotated[tuple[Line, ...], Field(max_length=60_000)] = ()
    inside: Annotated[tuple[Line, ...], Field(max_length=5_000)] = ()
    """Pieces that are meant wherever they stand inside a word."""
    innocent: Annotated[tuple[Line, ...], Field(max_length=60_000)] = ()
    """Words that are fine though they look like one of these."""
    files: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    """Files beside this one with a word or phrase a line."""
    native: bool = False
    """Whether Discord's own AutoMod blocks them as well, where a server has it kept in step: before
    anybody sees them, but also in quotations and in talk about abuse, which the desk leaves alone.
    """


class Patterns(CheckSettings):
    """Patterns in RE2's syntax, which takes time in proportion to the text, whatever they say."""

    check: Literal[Check.PATTERNS]
    patterns: Annotated[tuple[Line, ...], Field(min_length=1, max_length=5_000)]


class Newcomers(CheckSettings):
    """Links and invitations of accounts that are very new."""

    check: Literal[Check.NEWCOMERS]
    account_hours: Count = 24
    joined_minutes: Count = 10


class Raid(CheckSettings):
    """The same text of several people who have just joined."""

    check: Literal[Check.RAID]
    people: Annotated[int, Field(ge=2, le=100)] = 4
    seconds: Seconds = 120
    joined_minutes: Count = 60
    letters: Annotated[int, Field(ge=1, le=1000)] = 8


class First(CheckSettings):
    """What newcomers write in a storm, until a moderator has read a message of theirs."""

    check: Literal[Check.FIRST]
    cool_down_seconds: Annotated[int, Field(ge=0, le=86_400)] = 86_400

    @model_validator(mode="after")
    def _held(self) -> Self:
        if [one.action for one in self.ladder] != [Action.HOLD]:
            raise ValueError("the ladder of `first` is [{action: hold}]: a moderator reads it")
        return self


class Photo(CheckSettings):
    """Pictures in the channels that admins chose: covered until their author says who is in."""

    check: Literal[Check.PHOTO]

    @model_validator(mode="after")
    def _held(self) -> Self:
        if [one.action for one in self.ladder] != [Action.HOLD]:
            raise ValueError("the ladder of `photo` is [{action: hold}]: its author is asked")
        return self


class Scam(CheckSettings):
    """What is sent from accounts that were taken over: free Nitro, give-aways, "I reported you"."""

    check: Literal[Check.SCAM]


class Phone(CheckSettings):
    """A telephone number."""

    check: Literal[Check.PHONE]
    regions: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ()
    """Countries whose numbers are meant without their country code as well."""
    allow: tuple[Line, ...] = ()
    """Numbers of offices, which may be written."""


class Email(CheckSettings):
    """An e-mail address."""

    check: Literal[Check.EMAIL]
    allow: tuple[Domain, ...] = ()
    """Domains whose addresses are of offices and not of people."""


class Address(CheckSettings):
    """Where somebody lives."""

    check: Literal[Check.ADDRESS]


class Identity(CheckSettings):
    """Numbers of identity documents, bank accounts and cards."""

    check: Literal[Check.IDENTITY]


class WhoIs(CheckSettings):
    """ "Who is this person?", asked of a picture or a profile."""

    check: Literal[Check.WHO_IS]


class FaceSearch(CheckSettings):
    """Links to services that search for a face, and offers to use one on somebody."""

    check: Literal[Check.FACE_SEARCH]


class Target(CheckSettings):
    """Somebody's profile, put up for others to go after."""

    check: Literal[Check.TARGET]


SHAPES: dict[str, type[CheckSettings]] = {
    Check.FLOOD: Flood,
    Check.REPEATED: Repeated,
    Check.MENTIONS: Mentions,
    Check.INVITES: Invites,
    Check.LINKS: Links,
    Check.LOOKALIKES: Lookalikes,
    Check.ZALGO: Zalgo,
    Check.INVISIBLE: Invisible,
    Check.WORDS: Words,
    Check.PATTERNS: Patterns,
    Check.NEWCOMERS: Newcomers,
    Check.RAID: Raid,
    Check.FIRST: First,
    Check.PHOTO: Photo,
    Check.SCAM: Scam,
    Check.PHONE: Phone,
    Check.EMAIL: Email,
    Check.ADDRESS: Address,
    Check.IDENTITY: Identity,
    Check.WHO_IS: WhoIs,
    Check.FACE_SEARCH: FaceSearch,
    Check.TARGET: Target,
}


class Said(_Shape):
    """A rule in another language."""

    title: Annotated[str, Field(min_length=2, max_length=80)]
    text: Annotated[str, Field(min_length=2, max_length=600)]


class RuleSettings(Said):
    """One rule."""

    id: Id
    fr: Said | None = None

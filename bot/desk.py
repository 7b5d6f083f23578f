"""The composition root: builds the store and the domains, and is the one object all faces hold."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import structlog

import bot.store.placements  # noqa: F401 - so that wherever a desk is, every table is known
from bot.clock import Clock, utc_now
from bot.concerns.attachments import Attachments, old_files
from bot.concerns.awaited import Awaited
from bot.concerns.briefs.personal import BriefsOfPeople
from bot.concerns.briefs.service import Briefs
from bot.concerns.changing import OwnConcerns
from bot.concerns.clockwork import Clockwork
from bot.concerns.finding.service import Finding
from bot.concerns.interview import Interviews, old_interviews
from bot.concerns.joining.personal import JoiningOfPeople
from bot.concerns.joining.service import Joining
from bot.concerns.macros import Macros
from bot.concerns.mail.door import MailDoor
from bot.concerns.mail.personal import MailOfPeople, mail_rules
from bot.concerns.news import NewsDesk
from bot.concerns.personal import ConcernsOfPeople
from bot.concerns.recount import JOB as RECOUNT
from bot.concerns.recount import Recount
from bot.concerns.relay import Relay
from bot.concerns.returning import Returning
from bot.concerns.themes.service import Themes
from bot.discussions import boards
from bot.discussions.guests.personal import GuestsOfPeople
from bot.discussions.guests.replies import GuestReplies
from bot.discussions.opinions.personal import OpinionsOfPeople
from bot.discussions.opinions.service import Opinions
from bot.discussions.personal import SessionsOfPeople, old_coming
from bot.discussions.polls.personal import PollsOfPeople
from bot.discussions.polls.service import Polls
from bot.discussions.queue.follow_ups import JOB as FOLLOW_UPS
from bot.discussions.queue.follow_ups import FollowUps
from bot.discussions.queue.personal import QueueOfPeople
from bot.discussions.roundup.personal import RoundupsOfPeople
from bot.discussions.roundup.service import Roundups
from bot.discussions.service import Sessions
from bot.discussions.setup import DiscussionSetups
from bot.guilds import Guilds
from bot.guilds.questions import QuestionChannels
from bot.guilds.urgent import UrgentLane
from bot.ids import Randomness, system_randomness
from bot.knowledge.feedback import Feedback
from bot.knowledge.following import Following
from bot.knowledge.gaps import Gaps
from bot.knowledge.personal import KnowledgeOfPeople
from bot.knowledge.revisions import Revisions
from bot.knowledge.service import Knowledge
from bot.licensing.service import Licensing
from bot.moderation.brakes.service import EVERY as BRAKES_EVERY
from bot.moderation.brakes.service import Brakes
from bot.moderation.cases.marks import AuditMarks
from bot.moderation.cases.personal import CasesOfPeople
from bot.moderation.cases.service import Cases
from bot.moderation.guard import Guard
from bot.moderation.guarded import GuardOfPeople, guard_rules
from bot.moderation.native.service import AutoMods
from bot.moderation.photos.personal import PhotosOfPeople, old_photos
from bot.moderation.photos.service import EVERY as PHOTOS_EVERY
from bot.moderation.photos.service import Photos
from bot.moderation.rules import Rules
from bot.moderation.storms.first import FirstMessages
from bot.moderation.storms.service import EVERY as STORMS_EVERY
from bot.moderation.storms.service import Storms
from bot.privacy.departures import Departures
from bot.privacy.erasures import EraseFile
from bot.privacy.retention import JOB, Retention, idle_people, old_audit
from bot.privacy.rotation import Rotation
from bot.privacy.service import Privacy
from bot.promises import shipped
from bot.promises.personal import PromisesOfPeople
from bot.promises.service import Promises
from bot.settings import Settings
from bot.store.audit import Audit
from bot.store.daily import Daily
from bot.store.engine import Store
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.personal import Rule
from bot.store.seal import check_seal
from bot.store.watching import looking
from bot.topics import shipped as topicfiles
from bot.topics.personal import TopicsOfPeople
from bot.topics.service import Topics
from bot.vault import Vault, open_vault
from bot.words import Words
from bot.workflows import promises_due, sessions_quiet, threads_waiting
from bot.workflows.digest import JOB as DIGEST
from bot.workflows.digest import Digest
from bot.workflows.editing import Editing
from bot.workflows.evidence import Evidence
from bot.workflows.knowledge_edits import KnowledgeEdits
from bot.workflows.overdue import JOB as OVERDUE
from bot.workflows.overdue import Overdue
from bot.workflows.postbox import PostBox
from bot.workflows.published import Published
from bot.workflows.rule_edits import RuleEdits
from bot.workflows.sessions_quiet import SessionsQuiet
from bot.workflows.threads_waiting import ThreadsWaiting
from bot.workflows.topic_pages import TopicPages

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Desk:
    """The desk: what is true without Discord. Faces parse, ask it, and render."""

    settings: Settings
    clock: Clock
    randomness: Randomness
    words: Words
    vault: Vault
    store: Store
    outbox: Outbox
    audit: Audit
    guilds: Guilds
    question_channels: QuestionChannels
    urgent_lane: UrgentLane
    macros: Macros
    knowledge: Knowledge
    knowledge_edits: KnowledgeEdits
    gaps: Gaps
    revisions: Revisions
    editing: Editing
    feedback: Feedback
    following: Following
    digest: Digest
    licensing: Licensing
    concerns: OwnConcerns
    anonymous: Returning
    triage: Relay
    attachments: Attachments
    interviews: Interviews
    awaited: Awaited
    finding: Finding
    themes: Themes
    news: NewsDesk
    joining: Joining
    clockwork: Clockwork
    postbox: PostBox
    briefs: Briefs
    sessions: Sessions
    discussion_setups: DiscussionSetups
    opinions: Opinions
    polls: Polls
    queue: FollowUps
    roundups: Roundups
    guests: GuestReplies
    promises: Promises
    topic_pages: TopicPages
    cases: Cases
    audit_marks: AuditMarks
    automods: AutoMods
    photos: Photos
    storms: Storms
    brakes: Brakes
    first_messages: FirstMessages
    evidence: Evidence
    rules: Rules
    rule_edits: RuleEdits
    guard: Guard
    privacy: Privacy
    retention: Retention
    departures: Departures
    rotation: Rotation
    daily: Daily

    @classmethod
    async def open(
        cls,
        settings: Settings,
        *,
        clock: Clock = utc_now,
        randomness: Randomness | None = None,
        root: Path = Path(),
        serving: bool = True,
    ) -> "Desk":
        """Migrate the database, check the key, load words and facts; return the desk.

        `root` is what relative paths in the settings are relative to. A desk that is opened only
        to look (`serving=False`) leaves alone what a running one has in hand. One that serves
        first erases again whoever is on the erase list and came back with an older backup.

        Raises:
            KeyTrouble, NewerDatabase, StoreUnavailable, WordsTrouble, KnowledgeFaults,
                LicensingFaults, PromiseFaults, TopicFaults, RuleFaults: the desk cannot start; each
                says what to do.
        """
        randomness = randomness or system_randomness()
        words = Words.load(root / settings.locale)
        knowledge, ruled = await asyncio.gather(
            asyncio.to_thread(
                Knowledge,
                root / settings.knowledge,
                clock=clock,
                vectors=(root / settings.key_file).with_name("vectors.npz"),
            ),
            asyncio.to_thread(Rules, root / settings.moderation.rules),
        )
        licensing = Licensing(root / settings.licensing)
        promised, pages = (
            shipped.load(root / settings.promises, clock().date()),
            topicfiles.load(root / settings.topics),
        )
        vault = open_vault(
            root / settings.key_file,
            settings.keys.get_secret_value() if settings.keys else None,
            settings.index_key.get_secret_value() if settings.index_key else None,
        )
        url = settings.database_url.get_secret_value()
        await migrate(url)
        store = Store(url)
        try:
            await check_seal(store, vault)
            outbox = Outbox(store, clock)
            if serving and store.dialect == "sqlite":
                # One process holds a SQLite desk, so a claim that is left is a dead one's.
                await outbox.release_claims()
        except BaseException:
            await store.close()
            raise
        people, audit = People(vault), Audit(vault, clock)
        guilds = Guilds(store, clock)
        ledger = ConcernsOfPeople(outbox, people, clock)
        briefs = Briefs(
            store,
            outbox,
            people,
            vault,
            audit,
            clock,
            randomness,
            sender=settings.operator.name,
        )
        asked, of_cases = KnowledgeOfPeople(vault), CasesOfPeople(people, vault, clock)
        gaps = Gaps(store, outbox, people, vault, audit, clock, randomness)
        revisions = Revisions(store, people, audit, clock, randomness)
        feedback = Feedback(store, people, vault, audit, clock)
        following = Following(store, outbox, people, clock)
        digest = Digest(store, outbox, guilds, knowledge, gaps, revisions, feedback, clock)
        sessions, queue = (
            Sessions(store, outbox, people, vault, audit, clock, randomness),
            FollowUps(store, outbox, people, vault, audit, clock, randomness),
        )
        promises = Promises(store, outbox, people, vault, audit, clock, randomness, promised)
        holders = (
            BriefsOfPeople(briefs, people),
            JoiningOfPeople(outbox, people, clock),
            ledger,
            MailOfPeople(people),
            asked,
            PromisesOfPeople(),
            TopicsOfPeople(),
            of_cases,
            SessionsOfPeople(),
            OpinionsOfPeople(outbox, people),
            PollsOfPeople(outbox, people),
            QueueOfPeople(people),
            RoundupsOfPeople(people),
            GuestsOfPeople(people),
            GuardOfPeople(people),
            PhotosOfPeople(outbox, people),
        )
        privacy = Privacy(
            store,
            people,
            audit,
            clock,
            randomness,
            holders,
            EraseFile(root / settings.erase_list),
        )
        departures = Departures(store, people, audit, clock)
        days = settings.privacy
        rules = [
            old_interviews(days.interviews_days),
            old_files(days.attachments_days),
            *ledger.rules(closed_days=days.closed_concerns_days),
            *mail_rules(days=days.mail_days),
            *asked.rules(questions_days=days.questions_days, feedback_days=days.feedback_days),
            *guard_rules(copies_days=days.moderation_copies_days, verdicts_days=days.verdicts_days),
            old_photos(days.photos_days),
            *of_cases.rules(
                cases_days=days.moderation_cases_days,
                evidence_days=days.moderation_evidence_days,
            ),
            old_coming(days.coming_days),
            Rule("outbox", days.outbox_days, outbox.count_finished, outbox.forget_finished),
            idle_people(people, holders, days.people_days),
            departures.rule(days.departed_servers_days),
            old_audit(audit, days.audit_days),
        ]
        retention = Retention(store, clock, privacy, rules)
        concerns = OwnConcerns(
            store,
            outbox,
            people,
            vault,
            clock,
            randomness,
            per_hour=settings.concerns.per_person_per_hour,
        )
        finding = Finding(store, people, vault, clock)
        daily = Daily(store, clock)
        jobs = {
            "index": finding.rebuilding.day,
            RECOUNT: Recount(store, outbox).day,
            JOB: retention.day,
            DIGEST: digest.day,
            "briefs": briefs.day,
            FOLLOW_UPS: queue.day,
            promises_due.JOB: promises_due.PromisesDue(promises, guilds).day,
        }
        for name, job in jobs.items():
            daily.add(name, job)
        clockwork = Clockwork(store, outbox, people, audit, clock)
        desk = cls(
            settings=settings,
            clock=clock,
            randomness=randomness,
            words=words,
            vault=vault,
            store=store,
            outbox=outbox,
            audit=audit,
            guilds=guilds,
            question_channels=QuestionChannels(store, clock),
            urgent_lane=UrgentLane(store, clock),
            macros=Macros(store, people, audit, clock),
            knowledge=knowledge,
            knowledge_edits=KnowledgeEdits(knowledge, guilds, store, outbox),
            gaps=gaps,
            revisions=revisions,
            editing=Editing(store, knowledge, revisions, gaps, following, clock),
            feedback=feedback,
            following=following,
            digest=digest,
            licensing=licensing,
            concerns=concerns,
            anonymous=Returning(
                store,
                outbox,
                people,
                vault,
                clock,
                randomness,
                privacy,
                per_hour=settings.concerns.per_person_per_hour,
            ),
            interviews=Interviews(store, outbox, people, clock, randomness),
            awaited=Awaited(store, people),
            attachments=Attachments(store, people, audit, clock),
            triage=Relay(store, outbox, people, vault, audit, clock),
            finding=finding,
            themes=Themes(store, people, vault, audit, clock),
            news=NewsDesk(store, outbox, people, clock),
            joining=Joining(
                store,
                outbox,
                people,
                vault,
                audit,
                clock,
                randomness,
                finding.likeness,
                concerns,
                minutes=settings.concerns.offer_joining_minutes,
            ),
            clockwork=clockwork,
            postbox=PostBox(
                settings.mail,
                MailDoor(
                    store,
                    outbox,
                    people,
                    vault,
                    clock,
                    randomness,
                    per_hour=settings.concerns.per_person_per_hour,
                    mails_per_hour=settings.mail.per_hour,
                    own_address=settings.mail.address,
                    keeps_files=settings.concerns.attachments,
                ),
                guilds,
                store,
                outbox,
            ),
            briefs=briefs,
            sessions=sessions,
            discussion_setups=DiscussionSetups(store, clock),
            opinions=Opinions(store, outbox, people, vault, audit, clock, randomness),
            polls=Polls(store, outbox, people, vault, audit, clock, randomness),
            queue=queue,
            guests=GuestReplies(store, outbox, people, vault, audit, clock, randomness),
            roundups=Roundups(
                store,
                outbox,
                people,
                vault,
                audit,
                clock,
                randomness,
                sessions=sessions,
                queue=queue,
            ),
            promises=promises,
            topic_pages=TopicPages(
                store,
                Topics(store, outbox, people, vault, audit, clock, randomness, pages),
                knowledge,
                sessions,
            ),
            cases=Cases(store, outbox, people, vault, audit, clock, randomness),
            audit_marks=AuditMarks(store),
            automods=AutoMods(store, outbox, people, audit, clock),
            photos=Photos(store, outbox, people, audit, clock, dry_run=settings.moderation.dry_run),
            storms=Storms(store, outbox, people, audit, clock),
            brakes=Brakes(store, outbox, people, audit, clock),
            first_messages=FirstMessages(store, outbox, people, audit, clock),
            evidence=Evidence.of_the_ledger(store, briefs, revisions, knowledge, sessions),
            rules=ruled,
            rule_edits=RuleEdits(ruled, guilds, store, outbox),
            guard=Guard(
                store,
                outbox,
                people,
                vault,
                clock,
                ruled.ruleset,
                dry_run=settings.moderation.dry_run,
            ),
            privacy=privacy,
            retention=retention,
            departures=departures,
            rotation=Rotation(store, vault),
            daily=daily,
        )
        try:
            if serving:
                await privacy.catch_up()
            await desk.editing.catch_up()
        except BaseException:
            await store.close()
            raise
        return desk

    def __post_init__(self) -> None:
        """Let briefs, the guard and memories hear at once of what changes for them."""
        self.daily.often(OVERDUE, Overdue(self.clockwork, self.guilds).look)
        quiet = SessionsQuiet(
            self.store,
            self.outbox,
            self.sessions,
            self.roundups,
            self.discussion_setups,
            self.clock,
        )
        self.daily.add(sessions_quiet.JOB, quiet.day)
        waits = ThreadsWaiting(self.store, self.outbox, self.discussion_setups, self.clock)
        self.daily.add(threads_waiting.JOB, waits.day)
        self.rule_edits.on_taken_up.append(self.guard.take_up)
        for side in (self.concerns, self.mail, self.anonymous, self.triage):
            side.on_changed = self.briefs.concern_changed
        for memory in (
            self.guilds,
            self.question_channels,
            self.urgent_lane,
            self.discussion_setups,
            self.storms,
            self.photos,
            self.brakes,
            self.promises,
            self.topics,
        ):
            self.departures.forget.append(memory.forget)

    @property
    def mail(self) -> MailDoor:
        """The e-mail door."""
        return self.postbox.door

    @functools.cached_property
    def published(self) -> Published:
        """What is published, for the feeds."""
        return Published(self.revisions, self.briefs, self.topics, self.roundups)

    @property
    def topics(self) -> Topics:
        """The topic pages."""
        return self.topic_pages.topics

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Do what the desk does by itself, now and then, for as long as this is held open."""
        async with (
            self.knowledge_edits.watching(),
            self.rule_edits.watching(),
            self.postbox.watching(),
            self.daily.watching(),
            self.joining.offers.watching(),
            self.cases.watching(),
            self.sessions.watching(),
            looking("storms", self.storms.look, STORMS_EVERY),
            looking("photos", self.photos.look, PHOTOS_EVERY),
            looking("brakes", self.brakes.look, BRAKES_EVERY),
            looking("opinions", self.opinions.look, boards.EVERY),
            looking("polls", self.polls.look, boards.EVERY),
            looking("questions", self.queue.look, boards.EVERY),
            looking("guests", self.guests.look, boards.EVERY),
            looking("roundups", self.roundups.refresh, boards.EVERY),
        ):
            yield

    async def close(self) -> None:
        """Let what is being written finish, then let go of the database."""
        await self.gaps.rest()
        await self.store.close()
        log.info("desk.closed")

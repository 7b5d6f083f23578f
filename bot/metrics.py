"""Numbers about the desk, for Prometheus. Labels are kinds and outcomes, never people."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

REGISTRY = CollectorRegistry()

QUESTIONS = Counter(
    "commonplace_questions_total",
    "Questions asked, by outcome (answer, suggestions or unknown) and by the way they came.",
    ["outcome", "way"],
    registry=REGISTRY,
)
OUT_OF_SCOPE = Counter(
    "commonplace_out_of_scope_total",
    "Texts that are no question for the knowledge base, by kind.",
    ["kind"],
    registry=REGISTRY,
)
CONCERNS = Counter(
    "commonplace_concerns_total", "Concerns logged, by kind.", ["kind"], registry=REGISTRY
)
DELIVERIES = Counter(
    "commonplace_deliveries_total",
    "Effects tried on Discord, by kind and outcome: done, again or dead.",
    ["kind", "outcome"],
    registry=REGISTRY,
)
TROUBLES = Counter(
    "commonplace_troubles_total",
    "Commands and buttons that failed unexpectedly, by where.",
    ["where"],
    registry=REGISTRY,
)
VERDICTS = Counter(
    "commonplace_verdicts_total",
    "Messages that set a check off, by check, by action and by mode (dry or on).",
    ["check", "action", "mode"],
    registry=REGISTRY,
)
OUTBOX_PENDING = Gauge(
    "commonplace_outbox_pending", "Effects waiting to be delivered.", registry=REGISTRY
)
OUTBOX_DEAD = Gauge(
    "commonplace_outbox_dead", "Effects that could not be delivered.", registry=REGISTRY
)
OUTBOX_AGE = Gauge(
    "commonplace_outbox_age_seconds",
    "How long the oldest undelivered effect has been due.",
    registry=REGISTRY,
)
ENTRIES = Gauge("commonplace_entries", "Published knowledge entries.", registry=REGISTRY)
KNOWLEDGE_FAULTS = Gauge(
    "commonplace_knowledge_faults",
    "Faults of an edit to the knowledge files that waits to be mended.",
    registry=REGISTRY,
)


def exposition() -> bytes:
    """Return all metrics in Prometheus's text format."""
    return generate_latest(REGISTRY)

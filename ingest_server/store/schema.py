"""The tables. Changed only together with a migration; a test compares the two."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from ingest_server.scoring.themes import Theme
from ingest_server.scoring.verdict import Band

metadata = MetaData()

devices = Table(
    "devices",
    metadata,
    Column("device", String(64), primary_key=True),
    Column("agency", String(64), nullable=False, index=True),
    Column("kid", String(64), nullable=False, unique=True),
    Column("jwk", JSON, nullable=False),
    Column("ueid", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("enrolled_at_ms", BigInteger, nullable=False),
)

# What was received, never altered; only `link_state` moves, as neighbours arrive.
records = Table(
    "records",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("log_index", BigInteger, nullable=False, unique=True),
    Column("device", String(64), ForeignKey("devices.device"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("prev", String(64)),
    Column("link_state", String(16), nullable=False),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    # Not unique: a second record under one number is a fork, and is evidence.
    Index("records_chain", "device", "seq"),
    # Gaps and forks are few, and are asked for by themselves.
    Index("records_by_link", "link_state", "digest"),
)

_CONFIRMED = text("confirmed_at_ms IS NOT NULL")

_PUT_OFF = text("wakes_at_ms > 0")
_ONE, _TRUE = text("handled = 1"), text("handled")

visits = Table(
    "visits",
    metadata,
    Column("digest", String(64), ForeignKey("records.digest"), primary_key=True),
    Column("visit", String(36), nullable=False, index=True),
    Column("agency", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("caregiver", String(64), nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("check_in_ms", BigInteger, nullable=False),
    Column("check_out_ms", BigInteger, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("band", String(24), nullable=False),
    Column("typology", String(24), nullable=False),
    Column("suspicion", Float, nullable=False),
    Column("observed_share", Float, nullable=False),
    # The standing verdict: of several under other versions, the one that the pages show.
    Column("calibration", String(64), nullable=False),
    Column("rules", String(64), nullable=False),
    # Of the fund's money, by the standing verdict: billed, times its share, times the suspicion.
    Column("at_risk_fen", BigInteger, nullable=False, server_default="0"),
    # Of its case: whether it is closed or before a second person, and until when it is to be out of the queue.
    Column("handled", Boolean, nullable=False, server_default=false()),
    Column("wakes_at_ms", BigInteger, nullable=False, server_default="0"),
    # Of the standing verdict: the gravest class of its exceptions, empty where it raised none.
    Column("gravest", String(16), nullable=False, server_default=""),
    # The fund's share of what it is billed at, and when two people last found it faked, ``None`` unless that stands.
    Column("settled_fen", BigInteger, nullable=False, server_default="0"),
    Column("confirmed_at_ms", BigInteger),
    # Of the device: senses that were broken or absent, each with which of the two, and what its clock was last set
    # from; ``None`` in rows from before this was noted.
    Column("without", JSON),
    Column("clock", String(16)),
    Index("visits_by_time", "check_in_ms", "digest"),
    Index("visits_by_agency", "agency", "check_in_ms", "digest"),
    Index("visits_by_band", "band", "check_in_ms", "digest"),
    # The queue by expected loss; counts of the bands read this index and not the table, hence its last column.
    Index("visits_queue", "band", "handled", "at_risk_fen", "check_in_ms", "digest", "wakes_at_ms"),
    Index("visits_queue_of_agency", "agency", "band", "handled", "at_risk_fen", "check_in_ms", "digest", "wakes_at_ms"),
    Index("visits_by_class", "gravest", "band", "handled", "check_in_ms", "digest", "wakes_at_ms"),
    Index("visits_by_class_of_agency", "agency", "gravest", "band", "handled", "check_in_ms", "digest", "wakes_at_ms"),
    # With all that is summed up of one subject's visits, which lie scattered through the table.
    Index(
        "visits_by_caregiver",
        "caregiver",
        "check_in_ms",
        "digest",
        "agency",
        "band",
        "recipient",
        "device",
        "duration_s",
        "observed_share",
    ),
    Index("visits_by_recipient", "recipient", "check_in_ms", "digest", "agency", "band", "caregiver", "device"),
    Index("visits_by_device", "device", "check_in_ms", "digest", "agency", "band", "caregiver", "recipient"),
    # Of a class the newest, whatever their band; and those few that people closed or put off.
    Index("visits_of_class", "gravest", "check_in_ms", "digest"),
    Index("visits_of_class_of_agency", "agency", "gravest", "check_in_ms", "digest"),
    Index("visits_handled", "check_in_ms", "digest", sqlite_where=_ONE, postgresql_where=_TRUE),
    Index("visits_handled_in_band", "band", "check_in_ms", "digest", sqlite_where=_ONE, postgresql_where=_TRUE),
    Index("visits_handled_of_agency", "agency", "check_in_ms", "digest", sqlite_where=_ONE, postgresql_where=_TRUE),
    # With all by which those put off are counted.
    Index(
        "visits_put_off",
        "check_in_ms",
        "digest",
        "wakes_at_ms",
        "handled",
        "agency",
        "band",
        "gravest",
        sqlite_where=_PUT_OFF,
        postgresql_where=_PUT_OFF,
    ),
    Index(
        "visits_confirmed",
        "confirmed_at_ms",
        "agency",
        "settled_fen",
        sqlite_where=_CONFIRMED,
        postgresql_where=_CONFIRMED,
    ),
    Index(
        "visits_confirmed_of_agency",
        "agency",
        "confirmed_at_ms",
        "settled_fen",
        sqlite_where=_CONFIRMED,
        postgresql_where=_CONFIRMED,
    ),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("digest", String(64), ForeignKey("records.digest"), primary_key=True),
    Column("calibration", String(64), primary_key=True),
    Column("rules", String(64), primary_key=True),
    # Weighed as it arrived, beside that in the shadow, or again later.
    Column("purpose", String(8), nullable=False),
    Column("scored_at_ms", BigInteger, nullable=False),
    Column("verdict", LargeBinary, nullable=False),
)

# What each visit raises, by its standing verdict and by its record's place in the chain: a row for each code, however
# often it was raised. The other columns are the visit's own, move with it, and lead lists of a code through an index.
visit_exceptions = Table(
    "visit_exceptions",
    metadata,
    Column("digest", String(64), ForeignKey("records.digest"), primary_key=True),
    Column("code", String(32), primary_key=True),
    Column("class", String(16), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("check_in_ms", BigInteger, nullable=False),
    Column("band", String(24), nullable=False),
    Column("gravest", String(16), nullable=False),
    Column("handled", Boolean, nullable=False),
    Column("wakes_at_ms", BigInteger, nullable=False),
    Index("visit_exceptions_by_time", "check_in_ms", "digest", "code"),
    Index("visit_exceptions_by_code", "code", "gravest", "band", "handled", "check_in_ms", "digest", "wakes_at_ms"),
    Index(
        "visit_exceptions_of_agency",
        "agency",
        "code",
        "gravest",
        "band",
        "handled",
        "check_in_ms",
        "digest",
        "wakes_at_ms",
    ),
    sqlite_with_rowid=False,
)

ledger_nodes = Table(
    "ledger_nodes",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("index", BigInteger, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("agency", String(64)),
    Column("password_hash", String(256), nullable=False),
    # Kept and not deleted: whoever reads the trail later must find out who somebody was.
    Column("disabled", Boolean, nullable=False, server_default=false()),
    # Until when a one-time password opens a session; `NULL` for one that its owner chose.
    Column("one_time_until_ms", BigInteger),
    # Moves with every change that is made from outside, so that two administrators do not undo each other unseen.
    Column("version", Integer, nullable=False, server_default="0"),
)

# One row a log-in or a token; only the hash of the secret is kept, so that a stolen database opens no session.
sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user", String(64), ForeignKey("users.name"), nullable=False, index=True),
    Column("kind", String(8), nullable=False, server_default="session"),
    # Of a token that only looks, and takes no step in anybody's name.
    Column("read_only", Boolean, nullable=False, server_default=false()),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("seen_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
)

_LIVE, _SHADOW = text("state = 'live'"), text("shadow")

# Bodies are documents in TOML; one that is no draft any more never changes. `replaced` is what it took the place of.
rule_sets = Table(
    "rule_sets",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("replaced", String(64), ForeignKey("rule_sets.version")),
    Index("rule_sets_one_live", "state", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("rule_sets_one_shadow", "shadow", unique=True, sqlite_where=_SHADOW, postgresql_where=_SHADOW),
)

# Only ever appended to: who did what to a rule set, when and why.
rule_set_history = Table(
    "rule_set_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", String(64), ForeignKey("rule_sets.version"), nullable=False, index=True),
    Column("action", String(16), nullable=False),
    Column("actor", String(96), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("note", Text),
)

# Only ever appended to: an agency's latest row holds; one without figures gives it the rule set's own again.
threshold_changes = Table(
    "threshold_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agency", String(64), nullable=False, index=True),
    Column("review", Float),
    Column("hold", Float),
    Column("actor", String(96), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("note", Text),
)

# The fund's registry, as far as peers are told apart by it.
recipients = Table(
    "recipients",
    metadata,
    Column("recipient", String(64), primary_key=True),
    Column("disability_level", Integer, nullable=False),
)

# What each visit was counted as, so that exactly that can be taken away again when it is weighed anew.
counted_visits = Table(
    "counted_visits",
    metadata,
    Column("digest", String(64), ForeignKey("records.digest"), primary_key=True),
    Column("recipient", String(64), nullable=False, index=True),
    Column("counted", LargeBinary, nullable=False),
)

# Sums over visits, whole numbers alone. `weights` holds judged visits by weight in decibans as little-endian int32,
# `sums` the named sums; two of these stand in columns of their own for those who look at everybody at once.
tallies = Table(
    "tallies",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("subject", String(64), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("stratum", String(16), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("visits", BigInteger, nullable=False),
    Column("at_risk_fen", BigInteger, nullable=False),
    Column("weights", LargeBinary, nullable=False),
    Column("sums", LargeBinary, nullable=False),
    # Sums of one agency's people, without walking the city's; whoever asks for the city's has the primary key.
    Index("tallies_of_agency", "agency", "kind", "subject", "stratum", "month"),
)

_REFUSED = text("status >= 400")

# Only ever appended to, which triggers hold; each row's digest is over that of the row before, so that one taken out
# by whoever owns the file is seen to be missing. `agency` is the actor's own.
trail = Table(
    "trail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("role", String(16)),
    Column("agency", String(64)),
    Column("deed", String(16), nullable=False),
    Column("route", String(128), nullable=False),
    Column("about", String(512), nullable=False),
    Column("status", Integer, nullable=False),
    Column("address", String(64), nullable=False),
    # Unique: two programs that wrote at once would otherwise begin two chains.
    Column("prev", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    UniqueConstraint("prev", name="trail_is_one_chain"),
    Index("trail_by_agency", "agency", "id"),
    Index("trail_of_agency_by_time", "agency", "at_ms", "id"),
    Index("trail_by_actor", "actor", "id"),
    # When somebody last logged in, without walking all that they looked at since.
    Index("trail_by_actors_deed", "actor", "deed", "id"),
    Index("trail_by_time", "at_ms", "id"),
    Index("trail_by_deed", "deed", "id"),
    Index("trail_refused", "id", sqlite_where=_REFUSED, postgresql_where=_REFUSED),
)

# Leaves of the ledger that commit to the trail up to an entry. No foreign key: that an entry is gone is to be told.
trail_leaves = Table(
    "trail_leaves",
    metadata,
    Column("log_index", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
)

_OPEN_CASES = text("state != 'closed'")

# How each case stands: what its steps come to, kept beside them for lists.
cases = Table(
    "cases",
    metadata,
    Column("case", Integer, primary_key=True),
    Column("agency", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("changed_at_ms", BigInteger, nullable=False),
    Column("due_at_ms", BigInteger),
    Column("assignee", String(64)),
    Column("outcome", String(16)),
    Column("proposed_by", String(64)),
    # Since when it is closed, and whether the fund took it on: the fund looks at what agencies close by themselves.
    Column("closed_at_ms", BigInteger),
    Column("of_fund", Boolean, nullable=False, server_default=false()),
    Index("cases_by_state", "state", "case"),
    Index("cases_by_agency", "agency", "case"),
    Index("cases_by_assignee", "assignee", "case"),
    Index("cases_by_opening", "opened_at_ms", "agency"),
    Index("cases_by_closing", "closed_at_ms", "agency"),
    Index("cases_open_by_assignee", "assignee", "agency", sqlite_where=_OPEN_CASES, postgresql_where=_OPEN_CASES),
    # What is open by when it is due, and an agency's own.
    Index("cases_due", "due_at_ms", "case", sqlite_where=_OPEN_CASES, postgresql_where=_OPEN_CASES),
    Index("cases_due_of_agency", "agency", "due_at_ms", "case", sqlite_where=_OPEN_CASES, postgresql_where=_OPEN_CASES),
)

# A visit is in one case, which is reopened where there is more to say.
case_visits = Table(
    "case_visits",
    metadata,
    Column("digest", String(64), ForeignKey("records.digest"), primary_key=True),
    Column("case", Integer, ForeignKey("cases.case"), nullable=False, index=True),
    # By which step of the case it came to be in it.
    Column("since_step", Integer, nullable=False, server_default="1"),
)

_RECOVERED = text("recovered_on IS NOT NULL")

# Only ever appended to, which triggers hold. Two people who decide at once meet in the primary key.
case_steps = Table(
    "case_steps",
    metadata,
    Column("case", Integer, ForeignKey("cases.case"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("action", String(16), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("note", Text),
    Column("outcome", String(16)),
    Column("until_ms", BigInteger),
    Column("by_fund", Boolean, nullable=False, server_default=false()),
    Column("assignee", String(64)),
    Column("recovered_fen", BigInteger),
    Column("recovered_on", String(10)),
    Index("case_steps_by_time", "at_ms", "action"),
    Index("case_steps_recovered", "recovered_on", "case", sqlite_where=_RECOVERED, postgresql_where=_RECOVERED),
)

# Sums over visits by agency, local day and hour; those of all agencies together have no agency's name. SQLite keeps the
# rows in the order of their key, so that an agency's days are read as they lie.
daily_tallies = Table(
    "daily_tallies",
    metadata,
    Column("agency", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("visits", BigInteger, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("settled_fen", BigInteger, nullable=False),
    Column("at_risk_fen", BigInteger, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in (*Band, *Theme)),
    sqlite_with_rowid=False,
)

# What is known of an agency beyond its visits: the district that it is of, and its name.
agencies = Table(
    "agencies",
    metadata,
    Column("agency", String(64), primary_key=True),
    Column("district", String(64), index=True),
    Column("name", String(64)),
)

# Only ever appended to, which triggers hold. `agency`, `caregiver` and `visit` are the record's own, whatever an edit
# says. Two people who edit at once meet in the unique key. One column a mark: the fund asks for each by itself.
visit_edits = Table(
    "visit_edits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), ForeignKey("records.digest"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("visit", String(36), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("caregiver", String(64), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("action", String(32), nullable=False),
    Column("memo", Text),
    Column("withdraws", Integer),
    Column("changes", LargeBinary, nullable=False),
    Column("lengthens", Boolean, nullable=False),
    Column("adds_items", Boolean, nullable=False),
    Column("changes_person", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("doubted", Boolean, nullable=False),
    UniqueConstraint("digest", "number", name="visit_edits_one_after_another"),
    Index("visit_edits_by_agency", "agency", "id"),
    Index("visit_edits_by_caregiver", "caregiver", "id"),
    Index("visit_edits_by_actor", "actor", "id"),
    Index("visit_edits_by_visit", "visit", "id"),
    Index("visit_edits_by_time", "at_ms", "id"),
)

# What edits come to by whose visits they are of and by who made them, kept in their transaction; no sum ever falls.
edit_sums = Table(
    "edit_sums",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("subject", String(64), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("edited", BigInteger, nullable=False),
    Column("lengthened", BigInteger, nullable=False),
    Column("edits", BigInteger, nullable=False),
    Column("withdrawals", BigInteger, nullable=False),
)

# What rules that were tried out came to, the last of each kind: weighing a city again takes minutes.
# `document` is the SHA-256 of the rules as they were then: a draft may have been written again since.
movements = Table(
    "movements",
    metadata,
    Column("rules", String(64), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("document", String(64), nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger),
    Column("agency", String(64)),
    Column("actor", String(96), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("note", Text),
    Column("movement", LargeBinary, nullable=False),
)

# A question that somebody keeps, by its address; `role` and `agency` are the owner's own, whose like it is shared with.
saved_queries = Table(
    "saved_queries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("agency", String(64)),
    Column("shared", Boolean, nullable=False),
    Column("view", String(32), nullable=False),
    Column("query", String(512), nullable=False),
    Column("changed_at_ms", BigInteger, nullable=False),
    UniqueConstraint("owner", "name", name="saved_queries_one_of_a_name"),
)

# Passwords that were tried within the last minutes, and were not found right.
login_attempts = Table(
    "login_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(65), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("login_attempts_by_pair", "name", "address"),
    Index("login_attempts_by_time", "at_ms"),
)

# The changes of each edit once more, a row for each, so that they can be asked about: times in milliseconds, items with
# commas between. `captured` is what the record says, whatever an earlier edit had made of it.
visit_edit_changes = Table(
    "visit_edit_changes",
    metadata,
    Column("edit", Integer, ForeignKey("visit_edits.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("field", String(16), nullable=False),
    Column("captured", Text),
    Column("edited", Text),
    Column("captured_ms", BigInteger),
    Column("edited_ms", BigInteger),
)

# What caregivers wrote at a device of their past visits, as it was sealed: each is a record of its chain too. The
# record that it is about may come later, or be another's: whose it is is asked when it is read.
visit_notes = Table(
    "visit_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), ForeignKey("records.digest"), nullable=False, unique=True),
    Column("agency", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("caregiver", String(64), nullable=False),
    Column("about_visit", String(36), nullable=False),
    Column("about_seq", BigInteger, nullable=False),
    Column("about_digest", String(64), nullable=False),
    Column("written_at_ms", BigInteger, nullable=False),
    Column("shown_by", String(16), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("text", Text),
    Index("visit_notes_by_record", "about_digest", "caregiver"),
    Index("visit_notes_by_agency", "agency", "id"),
    Index("visit_notes_by_caregiver", "caregiver", "id"),
    Index("visit_notes_by_device", "device", "id"),
)

# What devices tell of themselves, unsigned: no evidence, and read by no rule. `told` is all of it that is of now.
device_told = Table(
    "device_told",
    metadata,
    Column("device", String(64), ForeignKey("devices.device"), primary_key=True),
    Column("told", LargeBinary, nullable=False),
)

# The hours of each that are over, for 90 days. A device's lie together: its page reads some pages of the file.
device_hours = Table(
    "device_hours",
    metadata,
    Column("device", String(64), ForeignKey("devices.device"), primary_key=True),
    Column("hour_ms", BigInteger, primary_key=True),
    Column("heard", Integer, nullable=False),
    Column("temperature_max_c", Float),
    Column("disk_free_min_mb", Float),
    Column("throttled", Integer),
    Column("waiting_max", Integer, nullable=False),
    Column("unsynchronised", Integer, nullable=False),
    # Names of sensors; nearly always none, and then no JSON either, which would have to be read two thousand times.
    Column("amiss", JSON(none_as_null=True)),
    sqlite_with_rowid=False,
)

# One row, or none where nobody listened yet.
listening = Table(
    "listening",
    metadata,
    Column("since_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("until_ms", BigInteger, nullable=False),
)

# What changed of each: its link, its program, its sensors. The latest alone are kept.
device_changes = Table(
    "device_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("device", String(64), ForeignKey("devices.device"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("changed", String(16), nullable=False),
    Column("name", String(64), nullable=False),
    Column("value", String(64), nullable=False),
    Column("fault", String(64)),
    Index("device_changes_by_device", "device", "id"),
)

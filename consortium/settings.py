"""The settings: one typed file that reads the environment (docs/operations.md lists the variables).

Three modes, by ``$MODE``: ``production`` refuses to start when anything is insecure (consortium/checks.py),
``development`` (the default, what ``make run`` uses) answers to this machine's own names only, ``test`` is the suite's.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from consortium import environment, schedule, schema_names
from consortium.embedded.places import ROOT, Place

BASE_DIR: Final[Path] = ROOT
MODE: Final[str] = environment.text("MODE", "development")
if MODE not in {"production", "development", "test"}:
    raise environment.Unset(f"MODE must be production, development or test, not {MODE!r}")
PRODUCTION: Final[bool] = MODE == "production"
TESTING: Final[bool] = MODE == "test"
DEBUG: bool = environment.flag("DEBUG", False)
RELEASE: Final[str] = environment.text("RELEASE", "0.1.0")

PLACE: Final[Place] = Place.of()
STATE_DIR: Final[Path] = PLACE.state
PORT: Final[int] = environment.number("PORT", 8000)
# The demonstration consortium, its one-click sign-in and the style guide; never beside real patients.
DEMO_MODE: bool = environment.flag("DEMO", not PRODUCTION)

# --- secrets -----------------------------------------------------------------------------------------------------
_KEPT: Final[Path | None] = None if PRODUCTION else STATE_DIR / "secrets"
SECRET_KEY: str = environment.secret("SECRET_KEY", _KEPT)
SECRET_KEY_FALLBACKS: list[str] = environment.words("SECRET_KEY_FALLBACKS")
# Master secret of everything encrypted at rest and of the keyed hashes; kernel.sealing derives a key per purpose.
SEALING_KEY: str = environment.secret("SEALING_KEY", _KEPT)

# --- who may reach us --------------------------------------------------------------------------------------------
_LOOPBACK: Final[list[str]] = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS: list[str] = environment.words("ALLOWED_HOSTS") or ([] if PRODUCTION else [*_LOOPBACK, "testserver"])
CSRF_TRUSTED_ORIGINS: list[str] = environment.words("CSRF_TRUSTED_ORIGINS")
SITE_URL: str = environment.text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
# How many proxies of ours stand before the web process: 0 means that X-Forwarded-* is not believed at all.
TRUSTED_PROXY_COUNT: int = environment.number("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER: tuple[str, str] = ("HTTP_X_FORWARDED_PROTO", "https")

# --- the parts ---------------------------------------------------------------------------------------------------
INSTALLED_APPS: list[str] = [
    "consortium.kernel",
    "consortium.embedded",
    "consortium.journal",
    "consortium.people",
    "consortium.patients",
    "consortium.casework",
    "consortium.files",
    "consortium.live",
    "consortium.interop",
    "consortium.notices",
    "consortium.calls",
    "consultations",
    "referrals",
    "decision_manual",
    "courses.assessment",
    "courses.library",
    "courses.live",
    "consortium.insight",
    "consortium.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "consortium.people.apps.DevicesConfig",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "pgtrigger",
    "csp",
    "django_htmx",
]
MIDDLEWARE: list[str] = [
    "django.middleware.security.SecurityMiddleware",
    # Pages shrink to a quarter for phones far away; its random padding blunts guessing by length (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "consortium.kernel.middleware.NothingKept",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "consortium.people.middleware.SessionLockMiddleware",
    "consortium.people.middleware.SecondFactorMiddleware",
    "consortium.kernel.middleware.ActorMiddleware",
]
ROOT_URLCONF: Final[str] = "consortium.urls"
ASGI_APPLICATION: Final[str] = "consortium.asgi.application"
WSGI_APPLICATION: Final[str] = "consortium.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "consortium.notices.queries.inbox.in_every_page",
                "consortium.shell.frame",
            ],
            # coverage of templates needs the debug tokens
            "debug": DEBUG or TESTING,
        },
    }
]
DEFAULT_AUTO_FIELD: Final[str] = "django.db.models.BigAutoField"

# --- PostgreSQL: the record --------------------------------------------------------------------------------------
STATEMENT_TIMEOUT_MS: int = environment.number("STATEMENT_TIMEOUT_MS", 15_000)
IDLE_IN_TRANSACTION_TIMEOUT_MS: int = environment.number("IDLE_IN_TRANSACTION_TIMEOUT_MS", 30_000)
# Whether a pooler stands before it that may give each transaction another connection: nothing is planned ahead then.
DATABASE_POOLED: bool = environment.flag("DATABASE_POOLED", False)
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **environment.database(
            environment.text("DATABASE_URL") or PLACE.database_url,
            connect_timeout=environment.number("DATABASE_CONNECT_TIMEOUT", 5),
            application_name=environment.text("PROCESS_NAME", "consortium"),
            options=(
                f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"
                f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
            ),
        ),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}

# --- Redis or Valkey: the bell -----------------------------------------------------------------------------------
REDIS_URL: Final[str] = environment.text("REDIS_URL") or PLACE.redis_url
# Before every key, queue and topic, so that several installations (and test workers) may share one server.
REDIS_PREFIX: Final[str] = environment.text("REDIS_PREFIX", "consortium:")
REDIS_TIMEOUT: Final[float] = 1.0
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "consortium.kernel.valkey.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"{REDIS_PREFIX}cache",
        "OPTIONS": {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT},
    }
}

# --- Celery ------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL: Final[str] = environment.celery_broker(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "global_keyprefix": REDIS_PREFIX,
    # Longer than the longest task (60 s); what a killed worker held comes back after it. Fault tests make it short.
    "visibility_timeout": environment.number("VISIBILITY_TIMEOUT", 75),
    # What a killed worker held is looked for each second, so that it is done within the time-out and 2 s more. One that
    # is killed while it gives messages back must not keep the others from it: the mutex only spares them the same work.
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 1,
    "queue_order_strategy": "priority",
    "socket_timeout": 5,
    "socket_connect_timeout": REDIS_TIMEOUT,
    "socket_keepalive": True,
    # A sender must not sleep while Redis is away: the row it speaks of is stored, and a relay finds it.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP: bool = True
CELERY_BROKER_CONNECTION_MAX_RETRIES: int | None = None
CELERY_TASK_DEFAULT_QUEUE: str = "default"
CELERY_TASK_ROUTES: dict[str, dict[str, str]] = {
    "notices.*": {"queue": "urgent"},
    "journal.relay": {"queue": "urgent"},
    "runtime.*": {"queue": "urgent"},
    "files.*": {"queue": "media"},
    "demo.*": {"queue": "media"},
    "manual.*": {"queue": "media"},
    "insight.*": {"queue": "media"},
    "video.*": {"queue": "media"},
}
CELERY_TASK_ACKS_LATE: bool = True
CELERY_TASK_REJECT_ON_WORKER_LOST: bool = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT: bool = True
CELERY_TASK_IGNORE_RESULT: bool = True
CELERY_TASK_TIME_LIMIT: int = 70
CELERY_TASK_SOFT_TIME_LIMIT: int = 60
CELERY_TASK_PUBLISH_RETRY: bool = False
CELERY_WORKER_PREFETCH_MULTIPLIER: int = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS: bool = True
CELERY_WORKER_HIJACK_ROOT_LOGGER: bool = False
CELERY_WORKER_SEND_TASK_EVENTS: bool = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL: bool = False
CELERY_ENABLE_UTC: bool = True
CELERY_BEAT_SCHEDULER: str = "consortium.celery:LedScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL: float = 1.0
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = schedule.BEATS

# --- signing in --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL: Final[str] = "people.User"
# Who is acting in a request: the person with the seats held right now (kernel.middleware).
ACTOR_OF_REQUEST: str = "consortium.people.queries.actor_of_request"
AUTHENTICATION_BACKENDS: list[str] = ["consortium.people.backends.Passwords"]
PASSWORD_HASHERS: list[str] = [
    "consortium.people.hashers.GivingWay",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "licence_number")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL: str = "account_login"
LOGIN_REDIRECT_URL: str = "/"
LOGOUT_REDIRECT_URL: str = "account_login"
SECOND_FACTOR_REQUIRED: bool = environment.flag("SECOND_FACTOR_REQUIRED", PRODUCTION)
SECOND_FACTOR_DAYS: int = 30
SHARED_DESKTOP_LOCK_MINUTES: int = 10
ACCOUNT_ADAPTER: str = "consortium.people.adapters.AccountAdapter"
ACCOUNT_FORMS: dict[str, str] = {
    "login": "consortium.people.forms.SignInForm",
    "change_password": "consortium.people.forms.ChangeForm",
    "reauthenticate": "consortium.people.forms.ConfirmForm",
}
MFA_ADAPTER: str = "consortium.people.adapters.FactorAdapter"
MFA_FORMS: dict[str, str] = {
    "authenticate": "consortium.people.forms.CodeForm",
    "activate_totp": "consortium.people.forms.ActivateForm",
    "reauthenticate": "consortium.people.forms.CodeAgainForm",
}
USERSESSIONS_ADAPTER: str = "consortium.people.adapters.SessionAdapter"
ACCOUNT_LOGIN_METHODS: set[str] = {"username"}
ACCOUNT_SIGNUP_FIELDS: list[str] = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION: str = "none"
ACCOUNT_SESSION_REMEMBER: bool = True
ACCOUNT_LOGOUT_ON_GET: bool = False
ACCOUNT_PREVENT_ENUMERATION: bool = True
ACCOUNT_REAUTHENTICATION_TIMEOUT: int = 300
ACCOUNT_RATE_LIMITS: dict[str, str] = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "reset_password": "20/m/ip,5/m/key",
    "signup": "20/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT: int = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES: list[str] = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER: str = "Paediatric consortium"
MFA_TOTP_TOLERANCE: int = 1
MFA_ALLOW_UNVERIFIED_EMAIL: bool = True
MFA_TRUST_ENABLED: bool = True
MFA_TRUST_COOKIE_AGE: timedelta = timedelta(days=SECOND_FACTOR_DAYS)
USERSESSIONS_TRACK_ACTIVITY: bool = False

SESSION_ENGINE: str = "consortium.people.sessions"
SESSION_COOKIE_AGE: int = 30 * 24 * 3600
SESSION_COOKIE_SECURE: bool = PRODUCTION
SESSION_COOKIE_HTTPONLY: bool = True
SESSION_COOKIE_SAMESITE: str = "Lax"
SESSION_COOKIE_NAME: str = "__Host-session" if PRODUCTION else f"session{PORT}"
CSRF_COOKIE_SECURE: bool = PRODUCTION
CSRF_COOKIE_SAMESITE: str = "Lax"
CSRF_COOKIE_NAME: str = "__Host-csrf" if PRODUCTION else f"csrf{PORT}"
MFA_TRUST_COOKIE_SECURE: bool = PRODUCTION
LANGUAGE_COOKIE_SECURE: bool = PRODUCTION
LANGUAGE_COOKIE_SAMESITE: str = "Lax"

# --- transport and content ---------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT: bool = PRODUCTION
# A load balancer asks without TLS and without the site's name.
SECURE_REDIRECT_EXEMPT: list[str] = [r"^healthz$"]
SECURE_HSTS_SECONDS: int = 63_072_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS: bool = PRODUCTION
SECURE_HSTS_PRELOAD: bool = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF: bool = True
SECURE_REFERRER_POLICY: str = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY: str = "same-origin"
X_FRAME_OPTIONS: str = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- children's records ------------------------------------------------------------------------------------------
# Members of a pathway read on for so many days after it closed; break-the-glass lasts so many hours.
PATHWAY_ACCESS_DAYS: int = environment.number("PATHWAY_ACCESS_DAYS", 30)
GLASS_HOURS: int = environment.number("GLASS_HOURS", 3)

# What the page of one child shows of features above it: name -> function (actor, patient) -> {"template", ...}.
PATIENT_PANELS: dict[str, str] = {"cases": "consortium.casework.queries.panels.cases_of_patient"}
# What is locked, before anything is written, by an act on a record that will move what others hold about the child.
PATIENT_LOCKS: dict[str, str] = {"cases": "consortium.casework.operations.turns.lock_cases_of"}

# --- following the child ------------------------------------------------------------------------------------------
# So many days after a question was closed it is asked what became of the child; reminders, and the days between them.
OUTCOME_DAYS: int = environment.number("OUTCOME_DAYS", 21)
OUTCOME_REMINDERS: int = environment.number("OUTCOME_REMINDERS", 2)
OUTCOME_REMIND_DAYS: int = environment.number("OUTCOME_REMIND_DAYS", 3)
# The share of each month's answers that is rated blind, where a service's lead has chosen none; and the time for it.
REVIEW_PERCENT: int = environment.number("REVIEW_PERCENT", 10)
REVIEW_DAYS: int = environment.number("REVIEW_DAYS", 14)
# Cards beside the worklist: functions (actor) -> {"template", ...} or None.
WORKLIST_PANELS: dict[str, str] = {
    "referred": "referrals.queries.mine.referred_panel",
    "expected": "referrals.queries.expected.expected_panel",
    "radar": "referrals.queries.radar.radar_panel",
    "outcomes": "consultations.queries.outcomes.waiting_panel",
    "reviews": "consultations.queries.reviews.reviews_panel",
    "learning": "courses.library.queries.catalogue.learning_panel",
    "desk": "courses.library.queries.building.desk_panel",
    "lectures": "courses.live.queries.lectures.coming_panel",
    "recommended": "courses.live.queries.recommending.recommended_panel",
}
# Beside a case, for who may know the child: functions (actor, case) -> {"url", "label", "sign"} or None; no query.
CASE_LINKS: dict[str, str] = {"teaching": "courses.live.queries.links.teaching_link"}
# Which page and branch of the manual a case was worked through with: functions (case) -> (page, branch) or None.
CASE_CITES: dict[str, str] = {"consultation": "consultations.queries.citing.cited_by"}
# The share of a lecture, in per cent, that is credited to who was there for it; our own choice, no source tells one.
LECTURE_PRESENCE_PERCENT: int = environment.number("LECTURE_PRESENCE_PERCENT", 50)
# Beside the player of a video lesson: functions (actor, lesson) -> {"template", ...} or None.
WATCH_PANELS: dict[str, str] = {"replay": "courses.live.views.replay.replay_panel"}
# What one's own calendar holds besides shifts and bookings: (user_id, begins, ends) -> [Happening].
CALENDAR_SOURCES: dict[str, str] = {"lectures": "courses.live.queries.lectures.lectures_in_calendar"}

# How each kind of case tells its acts, on its own page and on the pathway's: casework.queries.telling_acts.Words.
CASE_WORDS: dict[str, str] = {
    "consultation": "consultations.queries.timeline.WORDS",
    "referral": "referrals.queries.timeline.WORDS",
}

# --- threads -------------------------------------------------------------------------------------------------------
# What goes with a message besides words: how it is attached (actor, message, attachment_ids), and how it is read again
# (actor, case, message_ids) -> {message_id: [tile]}.
MESSAGE_ATTACH: str = "consortium.files.operations.sending.attach_to_message"
MESSAGE_FILES: str = "consortium.files.queries.sent.files_of_messages"

# --- consultations -----------------------------------------------------------------------------------------------
# An answer that nobody reviews is reminded of twice, and so many days after it the case closes by itself.
REVIEW_CLOSE_DAYS: int = environment.number("REVIEW_CLOSE_DAYS", 14)

# --- duty ----------------------------------------------------------------------------------------------------------
# What somebody has open for a service, by kind: functions (user_id, service_id) -> list of OpenItem.
HANDOVER_SOURCES: dict[str, str] = {
    "case": "consortium.casework.queries.open_items.cases_in_hand",
    "referral": "referrals.queries.holding.referrals_in_hand",
    "page": "consortium.notices.queries.open_items.pages_unanswered",
    "outcome": "consultations.queries.outcomes.outcomes_to_tell",
    "opinion": "consultations.queries.opinions.opinions_waiting",
    "recommendation": "courses.live.queries.recommending.recommendations_in_hand",
}
# What a worklist shows above its first list: name -> function (actor) -> {"template", ...}, empty for nothing.
WORKLIST_CARDS: dict[str, str] = {
    "expected": "referrals.queries.expected.expected_card",
    "beside": "referrals.queries.beside.asked_beside",
    "opinions": "consultations.queries.opinions.worklist_card",
}
# The manual as features beside it cite it, by its own ids: a class (see consultations/queries/citing.py); "" for none.
MANUAL_CITED: str = "decision_manual.queries.citing.Cited"
# Where a child may be sent, as suggested beside a question: a class as consultations.queries.turning.Places says
REFERRAL_PLACES: str = "referrals.queries.routing.Places"

# --- video calls ---------------------------------------------------------------------------------------------------
# How long before a booked call people are told of it, in seconds: a day if it was booked by then, and minutes.
CALL_REMINDERS: dict[str, int] = {
    "day": environment.number("CALL_REMINDER_DAY", 24 * 3600),
    "soon": environment.number("CALL_REMINDER_SOON", 15 * 60),
}
# A recording is kept so many days: three years, the least that the NHC's rules for the supervision of internet
# diagnosis (trial, 2022) ask of records of the process (VERIFY). It may have so many bytes: an hour is about 450 MB.
RECORDING_KEPT_DAYS: int = environment.number("RECORDING_KEPT_DAYS", 3 * 365 + 1)
RECORDING_MAX_BYTES: int = environment.number("RECORDING_MAX_BYTES", 2 * 2**30)
# Further seats in the calls of a case: functions (actor, case) -> "second", or "" for none.
CALL_SEATS: list[str] = ["consultations.queries.meetings.second_seat"]
# Who writes into a thread beside its two sides, and as what its messages are marked.
THREAD_VOICES: list[str] = ["consultations.queries.opinions.second_voice"]
# Where browsers learn their address (STUN) and are relayed when no direct way is open (TURN; coturn, use-auth-secret).
STUN_URLS: list[str] = environment.words("STUN_URLS")
TURN_URLS: list[str] = environment.words("TURN_URLS")
TURN_SECRET: str = environment.text("TURN_SECRET")
# Never directly, always by the relay: for hospitals whose address must not be told to the other side.
CALL_RELAY_ONLY: bool = environment.flag("CALL_RELAY_ONLY", False)
# What other features show beside a call, for staff: name -> function (actor, room) -> {"template", ...} or None.
CALL_PANELS: dict[str, str] = {"consultation": "consultations.views.meeting.panel_of_call"}
# ... and for the guardian: name -> function (room) -> {"template", ...} or None. Nothing of the record.
CALL_GUEST_PANELS: dict[str, str] = {"consultation": "consultations.views.meeting.panel_of_visit"}

# --- sizes and rates ---------------------------------------------------------------------------------------------
# HTTP requests served by the thread pool are short and small; files come by the resumable protocol beside it.
HTTP_THREADS: int = environment.number("HTTP_THREADS", 8)
# Requests that hash a password have threads of their own, and wait there for the one that hashes and gives way to all.
HASHING_THREADS: int = environment.number("HASHING_THREADS", 2)
HASHING_NICE: int = environment.number("HASHING_NICE", 19)
# Live pages that ask what they missed have theirs too: thousands of them come back at once when a process ends.
CATCH_UP_THREADS: int = environment.number("CATCH_UP_THREADS", 2)
HTTP_MAX_BODY: int = environment.number("HTTP_MAX_BODY", 12 * 2**20)
HTTP_BODY_SECONDS: float = 60.0
DATA_UPLOAD_MAX_MEMORY_SIZE: int = 2 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE: int = 1 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS: int = 500
DATA_UPLOAD_MAX_NUMBER_FILES: int = 20
# name -> (times, seconds), counted by kernel.limits for each person, or for each address when nobody is signed in.
RATE_LIMITS: dict[str, tuple[int, int]] = {
    "api": (600, 60),
    "fhir": (300, 60),
    # a series of slices is some hundreds of small files
    "upload": (600, 60),
    "pointer": (400, 60),
    "token": (10, 60),
    "feed": (60, 60),
    "search": (120, 60),
    "link": (30, 60),
    "verify": (60, 60),
    # a still each three seconds, and those of three others looked at
    "still": (120, 60),
    "call": (120, 60),
    "echo": (30, 60),
}

# --- files -------------------------------------------------------------------------------------------------------
MEDIA_ROOT: Path = Path(environment.text("MEDIA_ROOT") or STATE_DIR / "media")
UPLOAD_MAX_BYTES: int = environment.number("UPLOAD_MAX_BYTES", 512 * 2**20)
# The prefix that nginx serves from MEDIA_ROOT as `internal`; empty = the process sends the bytes itself.
X_ACCEL_PREFIX: str = environment.text("X_ACCEL_PREFIX")
# ClamAV: unix:/run/clamav/clamd.ctl or tcp://host:3310; while it is away files wait, none is passed unseen.
CLAMD: str = environment.text("CLAMD")
FILE_SCANNERS: dict[str, str] = {"clamav": "consortium.files.scanners.clamd.scan"} if CLAMD else {}
FILE_UPLOAD_PERMISSIONS: int = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS: int = 0o700

# --- videos --------------------------------------------------------------------------------------------------------
VIDEO_MAX_BYTES: int = environment.number("VIDEO_MAX_BYTES", 8 * 2**30)
# How many pieces of one film may be made at once (by as many media workers), and whether a film that fits is taken
# over as it is instead of being encoded anew.
VIDEO_PARALLEL: int = environment.number("VIDEO_PARALLEL", 1)
VIDEO_COPY: bool = environment.flag("VIDEO_COPY", True)
# An address of media lasts so long (seconds); whoever watches on gets new ones with the next playlist. Whether the
# session behind it still stands is looked at again after so many.
MEDIA_TOKEN_SECONDS: int = environment.number("MEDIA_TOKEN_SECONDS", 4 * 3600)
MEDIA_SESSION_SECONDS: int = environment.number("MEDIA_SESSION_SECONDS", 30)

# --- studio encoders (RTMP) -----------------------------------------------------------------------------------------
# The server that takes their streams (courses/live/broadcast/rtmp.py): nginx-rtmp, off unless asked for. It listens on
# this machine alone, and asks the web process at RTMP_CALLS; RTMP_ADDRESS is what is typed into an encoder.
LECTURE_ENCODERS: str = "courses.live.broadcast.rtmp.NginxRtmp" if environment.flag("RTMP", False) else ""
RTMP_PORT: int = environment.number("RTMP_PORT", 1935)
RTMP_ADDRESS: str = environment.text("RTMP_ADDRESS", f"rtmp://localhost:{RTMP_PORT}/lecture")
RTMP_CALLS: str = environment.text("RTMP_CALLS", f"http://127.0.0.1:{PORT}").rstrip("/")

# --- notices: how they leave the house (the port is described in consortium/notices/channels) ---------------------
# Signed HTTP gateways of the hospital's own: NOTICE_GATEWAYS=sms,voice,wecom with NOTICE_SMS_URL, NOTICE_SMS_SECRET ...
NOTICE_GATEWAYS: dict[str, dict[str, Any]] = {
    name: {
        "url": environment.text(f"NOTICE_{name.upper()}_URL"),
        "secret": environment.text(f"NOTICE_{name.upper()}_SECRET"),
        "confirms": environment.flag(f"NOTICE_{name.upper()}_CONFIRMS", True),
    }
    for name in environment.words("NOTICE_GATEWAYS")
}
_CHANNELS: Final[str] = "consortium.notices.channels"
NOTICE_CHANNELS: dict[str, str] = {
    "push": f"{_CHANNELS}.web_push.channel",
    "email": f"{_CHANNELS}.mail.channel",
    # The demonstration writes what it would have sent into files.
    **(dict.fromkeys(("sms", "voice"), f"{_CHANNELS}.file_gateway.channel") if DEMO_MODE else {}),
    **dict.fromkeys(NOTICE_GATEWAYS, f"{_CHANNELS}.signed_http.channel"),
}
NOTICE_FOLDER: Path = STATE_DIR / "letters"
# A page tries a person's channels in this order, then the next person's.
NOTICE_URGENT_ORDER: list[str] = environment.words("NOTICE_URGENT_ORDER", "push,sms,voice,wecom,dingtalk,wechat,email")
NOTICE_PAGE_SECONDS: int = environment.number("NOTICE_PAGE_SECONDS", 120)
VAPID_SUBJECT: str = environment.text("VAPID_SUBJECT", "mailto:consortium@localhost.localdomain")
PUSH_SERVICES: list[str] = environment.words(
    "PUSH_SERVICES",
    "fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com,push.hicloud.com",
)


STATIC_URL: str = "/static/"
STATIC_ROOT: Path = Path(environment.text("STATIC_ROOT") or STATE_DIR / "static")
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [
    BASE_DIR / "static",
    ("vendor/tus-js-client", BASE_DIR / "node_modules/tus-js-client/dist"),
]
# Of packages that carry much more: what is served, and the file it is.
STATIC_PICKED: dict[str, Path] = {
    "vendor/hls.js/hls.min.js": BASE_DIR / "node_modules/hls.js/dist/hls.min.js",
}
STATICFILES_FINDERS: list[str] = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "consortium.kernel.picked.PickedFilesFinder",
]
# What PDF sheets are set in (kernel.paper).
PAPER_FONTS: Path = BASE_DIR / "node_modules/@embedpdf/fonts-sc/fonts"
# Collected, hashed and compressed wherever people wait for it; straight from the folders while somebody edits them.
STATIC_COLLECTED: bool = not (DEBUG or TESTING)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "consortium.assets.HashedStorage"
        if STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS: bool = not STATIC_COLLECTED
WHITENOISE_AUTOREFRESH: bool = not STATIC_COLLECTED
WHITENOISE_ALLOW_ALL_ORIGINS: bool = False
WHITENOISE_MAX_AGE: int = 3600 if STATIC_COLLECTED else 0

# --- languages and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE: str = "en"
LANGUAGES: list[tuple[str, Any]] = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS: list[Path] = [BASE_DIR / "locale"]
USE_I18N: bool = True
USE_TZ: bool = True
TIME_ZONE: str = environment.text("TIME_ZONE", "Asia/Shanghai")

# --- mail and push -----------------------------------------------------------------------------------------------
EMAIL_BACKEND: str = (
    "django.core.mail.backends.smtp.EmailBackend"
    if environment.text("EMAIL_HOST")
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH: Path = STATE_DIR / "mail"
EMAIL_HOST: str = environment.text("EMAIL_HOST", "localhost")
EMAIL_PORT: int = environment.number("EMAIL_PORT", 587)
EMAIL_HOST_USER: str = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD: str = environment.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS: bool = environment.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT: int = 10
DEFAULT_FROM_EMAIL: str = environment.text("DEFAULT_FROM_EMAIL", "consortium@localhost")
VAPID_FOLDER: Path = STATE_DIR / "secrets"

# --- certificates ------------------------------------------------------------------------------------------------
# What signs them: a PEM file with the private key and the chain of its X.509 certificates, the signer's own first.
# Without one named the installation makes its own.
CERTIFICATE_OWN: Path = STATE_DIR / "secrets" / "certificates.pem"
CERTIFICATE_SIGNER: Path = Path(environment.text("CERTIFICATE_SIGNER") or CERTIFICATE_OWN)
# A time-stamping authority (RFC 3161) that says when; without one the time is the server's word.
CERTIFICATE_TSA: str = environment.text("CERTIFICATE_TSA")

# --- the API -----------------------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # for the library's own views; ours have those of kernel.api
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": None,
    "EXCEPTION_HANDLER": "consortium.kernel.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,
}
# Who calls the API, asked in this order (kernel.api.base).
API_AUTHENTICATION: list[str] = [
    "consortium.people.api.callers.TokenAuthentication",
    "consortium.people.api.callers.SignedIn",
]
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Paediatric consortium",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "consortium.kernel.api.schema.close_bodies",
    ],
    "ENUM_NAME_OVERRIDES": schema_names.NAMES,
}

# --- logs: what happened, never to whom --------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "consortium.logs.Plain"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "uvicorn.error": {"level": "WARNING"},
        "uvicorn.access": {"level": "CRITICAL"},
        "botocore": {"level": "WARNING"},
        "pydicom": {"level": "ERROR"},
    },
}
TEST_RUNNER: str = "django.test.runner.DiscoverRunner"
SILENCED_SYSTEM_CHECKS: list[str] = []

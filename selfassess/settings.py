"""Settings, all from the environment and safe by default.

=========================  ==========================================================================
SELFASSESS_SECRET_KEY      signs sessions; needed to serve (commands make one of their own for a run)
SELFASSESS_SECRET_KEY_FALLBACKS
                           keys of before, separated by commas: after a change of key sessions go on and
                           workbooks that were downloaded for filling in offline are read
SELFASSESS_HOSTS           names the site answers to, separated by commas; needed to serve
DATABASE_URL               default: SQLite in var/db.sqlite3; postgres://user:pass@host/name
CACHE_URL                  who is on an item at the moment; default: files in var/cache, which all processes
                           of one machine share; for several machines e.g. rediscache://host:6379
SELFASSESS_HTTPS           default on: redirect to https, secure cookies, HSTS
SELFASSESS_PROXY_HEADER    name of the header by which *your* proxy says that a request came by https,
                           e.g. HTTP_X_FORWARDED_PROTO; of a proxy on the same machine gunicorn believes
                           X-Forwarded-Proto anyway, of others nothing is believed while this is unset
SELFASSESS_PROXIES         addresses of your proxies, separated by commas: only what these say of a client's
                           address (X-Forwarded-For) is believed, by the trail and by the lock on sign-in
SELFASSESS_SESSION_HOURS   a session ends when nothing was asked for so long (default 8; up to a quarter less)
SELFASSESS_SESSION_LIMIT_HOURS
                           and this long after signing in in any case (default 12)
SELFASSESS_PASSWORD_DAYS   a password older than this must be changed on signing in (default 0: never)
SELFASSESS_EVIDENCE        folder of the evidence (default var/evidence); uploads arrive in its folder
                           incoming
SELFASSESS_EVIDENCE_S3     https://host/bucket: keep the evidence on a server that speaks S3 instead, with
                           …_KEY, …_SECRET, …_REGION (default us-east-1) and …_STYLE (path, or virtual for
                           bucket.host, which OSS and COS want)
SELFASSESS_PREVIEWS        folder of the pictures of its pages (default var/previews); all servers share it
SELFASSESS_UPLOAD_MB       the largest file that may be uploaded (default 200); all of one form together too
SELFASSESS_API_RATE        how often a person's programs may ask (default 300/min; empty: no limit)
SELFASSESS_API_ADDRESS_RATE
                           and all programs of one address together (default 1200/min)
SELFASSESS_FONTS           folder with the free faces that ./run unpacks
SELFASSESS_OFFICE_FONTS    folder with the office's own faces (方正小标宋, 仿宋_GB2312…), preferred
SELFASSESS_DEMO            on: demo accounts may exist and sign-in pages list them; http on 127.0.0.1
SELFASSESS_DEBUG           on: Django's debug pages; for development alone
=========================  ==========================================================================

What is needed to serve is enforced by ``selfassess.checks``, which wsgi.py runs before the first request.
"""

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

DEMO = env.bool("SELFASSESS_DEMO", default=False)
DEBUG = env.bool("SELFASSESS_DEBUG", default=False)
LOCAL = DEMO or DEBUG

SECRET_KEY_GIVEN = bool(env.str("SELFASSESS_SECRET_KEY", default=""))
SECRET_KEY = env.str("SELFASSESS_SECRET_KEY", default="") or get_random_secret_key()
SECRET_KEY_FALLBACKS = env.list("SELFASSESS_SECRET_KEY_FALLBACKS", default=[])
LOCAL_HOSTS = ["127.0.0.1", "localhost"] if LOCAL else []
ALLOWED_HOSTS = [host.strip() for host in env.list("SELFASSESS_HOSTS", default=LOCAL_HOSTS)]

INSTALLED_APPS = [
    "selfassess.apps.ProjectConfig",
    "audit",
    "accounts",
    "indicators",
    "assessments",
    "reports",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
]

MIDDLEWARE = [
    "selfassess.middleware.PatienceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "selfassess.middleware.Utf8Middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "selfassess.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.SessionLimitMiddleware",
    "accounts.standing.StandingMiddleware",
    "selfassess.middleware.PrivatePagesMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.forced_change.ForcedChangeMiddleware",
    "audit.middleware.OriginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "selfassess.middleware.NotAllowedPageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "selfassess.urls"
WSGI_APPLICATION = "selfassess.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# Database. With Django's defaults half of eight concurrent SQLite writers fail with "locked": WAL lets
# readers go on, IMMEDIATE takes the write lock at the start instead of failing at the first write,
# FULL survives a power cut. Recursive triggers keep INSERT OR REPLACE from deleting past those on DELETE.
LOCAL_DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "db.sqlite3")}
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL") if "DATABASE_URL" in env else LOCAL_DATABASE
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
    }
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# To open SQLite anew costs a seventh of the item page: its functions are registered and the pragmas run.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Nothing that must last is kept here. Files, so that all server processes share it.
CACHES = {
    "default": env.cache_url("CACHE_URL")
    if "CACHE_URL" in env
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cache",
        # Items that are open at once; of Django's 300 a third would be thrown away each time there are more.
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    }
}

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.AnyNameBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "staff_number", "phone")},
    },
    {
        "NAME": "accounts.passwords.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_DAYS = env.int("SELFASSESS_PASSWORD_DAYS", default=0)
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.locking.answer_when_locked"
AXES_DISABLE_ACCESS_LOG = True
AXES_USERNAME_CALLABLE = "accounts.backends.name_to_lock"
AXES_SENSITIVE_PARAMETERS = [
    *("username", "ip_address"),
    *("old_password", "new_password1", "new_password2", "csrfmiddlewaretoken"),
]
AXES_CLIENT_IP_CALLABLE = "audit.middleware.client_address"
AXES_VERBOSE = False

# Browser
HTTPS = env.bool("SELFASSESS_HTTPS", default=not LOCAL)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
TRUSTED_PROXIES = [address.strip() for address in env.list("SELFASSESS_PROXIES", default=[])]
if proxy_header := env.str("SELFASSESS_PROXY_HEADER", default=""):
    SECURE_PROXY_SSL_HEADER = (proxy_header, "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = int(env.float("SELFASSESS_SESSION_HOURS", default=8) * 3600)
SESSION_LIMIT = int(env.float("SELFASSESS_SESSION_LIMIT_HOURS", default=12) * 3600)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

# The API
API_RATES = {
    "person": env.str("SELFASSESS_API_RATE", default="300/min") or None,
    "address": env.str("SELFASSESS_API_ADDRESS_RATE", default="1200/min") or None,
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.sign_in.TokenSignIn",
        "accounts.api.sign_in.SessionSignIn",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "accounts.api.sign_in.TokenMayDoThis",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.ByPerson"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsing.Json"],
    "DEFAULT_PAGINATION_CLASS": "api.paging.Pages",
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.Described",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "api.problems.answer_problem",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": _("Self-assessment"),
    "DESCRIPTION": _(
        "Sign in with a token of your own (Bearer), or with the session of the pages and its CSRF token. "
        "Points and figures are strings of plain decimals, null where there is none; times have their "
        "offset. Lists come in pages. What you may not see is not there (404); unknown fields are refused. "
        "Who saves says in If-Match which version was read. Errors are problems in the sense of RFC 9457, "
        "in the language of Accept-Language."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "EvidenceKind": "assessments.models.evidence.EvidenceKind",
        "MeasureKind": "indicators.models.tree.MeasureType",
        "ResponseState": "assessments.models.response.ResponseState",
        "FrameworkStatus": "indicators.models.framework.FrameworkStatus",
        "NaPolicy": "indicators.models.framework.Policy",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "selfassess.api_docs.with_problems",
    ],
}

# Words and times
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "selfassess" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Files
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = LOCAL
EVIDENCE_FOLDER = Path(env.str("SELFASSESS_EVIDENCE", default=str(VAR_DIR / "evidence")))
EVIDENCE_S3 = env.str("SELFASSESS_EVIDENCE_S3", default="").rstrip("/")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "evidence": {
        "BACKEND": "assessments.evidence.s3.BucketStorage",
        "OPTIONS": {
            "endpoint_url": EVIDENCE_S3.rpartition("/")[0],
            "bucket_name": EVIDENCE_S3.rpartition("/")[2],
            "access_key": env.str("SELFASSESS_EVIDENCE_S3_KEY"),
            "secret_key": env.str("SELFASSESS_EVIDENCE_S3_SECRET"),
            "region_name": env.str("SELFASSESS_EVIDENCE_S3_REGION", default="us-east-1"),
            "addressing_style": env.str("SELFASSESS_EVIDENCE_S3_STYLE", default="path"),
        },
    }
    if EVIDENCE_S3
    else {
        "BACKEND": "assessments.evidence.local.LocalStorage",
        "OPTIONS": {
            "location": EVIDENCE_FOLDER,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    # Made from the evidence when somebody looks at it, and again when it is lost: not part of a backup.
    "previews": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("SELFASSESS_PREVIEWS", default=str(VAR_DIR / "previews")),
            "allow_overwrite": True,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
UPLOAD_MB = env.int("SELFASSESS_UPLOAD_MB", default=200)
# On the disk of the evidence, so that what has arrived is moved and not copied.
FILE_UPLOAD_TEMP_DIR = EVIDENCE_FOLDER / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
FILE_UPLOAD_HANDLERS = [
    "selfassess.uploads.LimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "selfassess.uploads.FileHandler",
]
CACHE_DIR = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "selfassess"
FONT_FOLDER = env.str("SELFASSESS_FONTS", default=str(CACHE_DIR / "fonts"))
OFFICE_FONT_FOLDER = env.str("SELFASSESS_OFFICE_FONTS", default="")
FIXTURE_DIR = BASE_DIR / "fixtures"
# The preview of an import has a tick for each item; it may have 5,000.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"faults": {"()": "selfassess.logs.WithoutNeedlessTraceback"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["faults"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}

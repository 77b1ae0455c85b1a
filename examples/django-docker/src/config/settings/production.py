"""Settings for production. What a deployment has to say comes from the environment; what is missing stops the start."""

import os

from config.settings.base import *  # noqa: F403
from config.static_headers import IMMUTABLE_FILE_TEST, YEAR, add_headers


def listed(name: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


DEBUG = False

SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    raise ValueError("SECRET_KEY must be set for production")

CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")
if not CSRF_TRUSTED_ORIGINS:
    raise ValueError(
        "CSRF_TRUSTED_ORIGINS must be set for production, as in https://example.com,https://www.example.com"
    )

ALLOWED_HOSTS = listed("ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    raise ValueError("ALLOWED_HOSTS must be set for production, as in example.com,www.example.com")
ALLOWED_HOSTS.append("127.0.0.1")  # the image's health check

# The proxy ends TLS, and overwrites this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 60 * 60
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "hashstatic.storage.CompressedManifestStaticFilesStorage"},
}

# Only hashed names are served, and what has such a name never changes.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MAX_AGE = YEAR
WHITENOISE_IMMUTABLE_FILE_TEST = IMMUTABLE_FILE_TEST
WHITENOISE_ADD_HEADERS_FUNCTION = add_headers

SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains, and
    "security.W021",  # preloading: decisions about more than this site
    "staticfiles.W004",  # the image has the finished static root, not the directories that it was made from
]

"""What differs from run to run comes from the environment, see contenders.py."""

import os

STORAGE = os.environ["BENCH_STORAGE"]
ENHANCED = "django_manifeststaticfiles_enhanced"

SECRET_KEY = "not secret"
# The enhanced storage brings a collectstatic of its own, which copies in threads. Ours is optional.
FIRST = ENHANCED if STORAGE.startswith(ENHANCED) else os.environ.get("BENCH_APP")
INSTALLED_APPS = [FIRST] * bool(FIRST) + ["django.contrib.staticfiles"]
STATIC_URL = "/static/"
STATIC_ROOT = os.environ["BENCH_OUT"]
STATICFILES_DIRS = [os.environ["BENCH_SOURCE"]]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STORAGE},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = "BENCH_KEEP_ONLY_HASHED" in os.environ

import sys
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).parent))

settings.configure(
    DEBUG=False,
    INSTALLED_APPS=["hashstatic", "django.contrib.staticfiles"],
    STATIC_URL="/static/",
    STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
    SECRET_KEY="tests",
)
django.setup()

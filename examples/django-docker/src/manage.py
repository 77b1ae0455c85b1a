#!/usr/bin/env python
"""Django's command line. Without DJANGO_SETTINGS_MODULE, as on a developer's machine, the base settings are used."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    execute_from_command_line(sys.argv)

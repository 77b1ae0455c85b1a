"""The app ``hashstatic``: our ``collectstatic`` and the system checks."""

from django.apps import AppConfig


class HashstaticConfig(AppConfig):
    name = "hashstatic"

    def ready(self) -> None:
        from hashstatic import checks  # noqa: F401  (registers)

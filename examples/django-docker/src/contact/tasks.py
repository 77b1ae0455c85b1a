from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from contact.models import Message

KEPT = timedelta(days=365)


@shared_task
def purge_old_messages() -> int:
    """Messages are kept for a year."""
    removed, _ = Message.objects.filter(received__lt=timezone.now() - KEPT).delete()
    return removed

from django.contrib.messages.views import SuccessMessageMixin
from django.urls import reverse_lazy
from django.views.generic import CreateView

from contact.forms import MessageForm
from contact.models import Message


class SendMessage(SuccessMessageMixin, CreateView):
    model = Message
    form_class = MessageForm
    success_url = reverse_lazy("contact")
    success_message = "Thank you, we have your message."

from django.urls import path

from contact.views import SendMessage

urlpatterns = [path("", SendMessage.as_view(), name="contact")]

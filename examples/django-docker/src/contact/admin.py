from django.contrib import admin

from contact.models import Message


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    list_display = ("name", "email", "received")
    date_hierarchy = "received"

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("", include("news.urls")),
    path("contact/", include("contact.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz),
]

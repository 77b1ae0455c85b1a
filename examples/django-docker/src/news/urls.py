from django.urls import path

from news.views import ArticleList

urlpatterns = [path("", ArticleList.as_view(), name="news")]

from django.views.generic import ListView

from news.models import Article


class ArticleList(ListView):
    model = Article
    paginate_by = 20

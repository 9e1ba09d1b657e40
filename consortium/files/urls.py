from django.urls import path

from consortium.files import views

app_name = "files"
urlpatterns = [
    path("cases/<uuid:case_id>/", views.of_case, name="of_case"),
    path("cases/<uuid:case_id>/tiles/", views.tiles, name="tiles"),
    path("<uuid:attachment_id>/", views.show, name="show"),
    path("<uuid:attachment_id>/picture/<slug:size>/", views.picture, name="picture"),
    path("<uuid:attachment_id>/frames/<int:number>/<slug:preset>/", views.frame, name="frame"),
    path("<uuid:attachment_id>/original/", views.original, name="original"),
    path("<uuid:attachment_id>/<slug:verb>/", views.act, name="act"),
]

from django.urls import path

from consortium.files.views import bytes_out, copies, pages, pointing, speaking

app_name = "files"
urlpatterns = [
    path("cases/<uuid:case_id>/", pages.of_case, name="of_case"),
    path("cases/<uuid:case_id>/tiles/", pages.tiles, name="tiles"),
    path("cases/<uuid:case_id>/pointers/", pointing.pointers, name="pointers"),
    path("copies/<uuid:copy_id>/", copies.show_copy, name="copy"),
    path("copies/<uuid:copy_id>/file/", bytes_out.copy_file, name="copy_file"),
    path("copies/<uuid:copy_id>/<slug:verb>/", copies.act_on_copy, name="copy_act"),
    path("<uuid:attachment_id>/", pages.show, name="show"),
    path("<uuid:attachment_id>/beside/<uuid:other_id>/", pages.beside, name="beside"),
    path("<uuid:attachment_id>/picture/<slug:size>/", bytes_out.picture, name="picture"),
    path("<uuid:attachment_id>/frames/<int:number>/<slug:preset>/", bytes_out.frame, name="frame"),
    path("<uuid:attachment_id>/frames/<int:number>/<slug:preset>/<slug:size>/", bytes_out.frame, name="sized_frame"),
    path("<uuid:attachment_id>/original/", bytes_out.original, name="original"),
    path("<uuid:attachment_id>/sound/", bytes_out.sound, name="sound"),
    path("<uuid:attachment_id>/transcript/", speaking.transcript, name="transcript"),
    path("<uuid:attachment_id>/point/", pointing.point_at, name="point"),
    path("<uuid:attachment_id>/copies/", copies.make, name="make_copy"),
    path("<uuid:attachment_id>/<slug:verb>/", pages.act, name="act"),
]

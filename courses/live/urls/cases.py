"""The pages of teaching cases."""

from django.urls import path

from courses.live.views import case_writing, cases

_CASE = "cases/<uuid:teaching_case_id>/"
_PICTURE = f"{_CASE}pictures/<uuid:picture_id>/"

urlpatterns = [
    path("cases/", cases.cases, name="cases"),
    path("cases/new/", case_writing.case_new, name="case_new"),
    path("cases/of/<uuid:case_id>/", cases.of_case, name="of_case"),
    path(_CASE, cases.case, name="case"),
    path(f"{_CASE}titles/", case_writing.case_titles, name="case_titles"),
    path(f"{_CASE}stages/<slug:kind>/", case_writing.case_stage, name="case_stage"),
    path(f"{_CASE}pictures/", case_writing.case_pictures, name="case_pictures"),
    path(_PICTURE, cases.case_picture, name="case_picture"),
    path(f"{_PICTURE}drop/", case_writing.case_picture_drop, name="case_picture_drop"),
    path(f"{_CASE}confirm/", cases.case_confirm, name="case_confirm"),
    path(f"{_CASE}return/", cases.case_return, name="case_return"),
    path(f"{_CASE}act/<slug:verb>/", cases.case_act, name="case_act"),
    path(f"{_CASE}use/", cases.case_use, name="case_use"),
]

from django.urls import path

from consortium.casework import views

app_name = "casework"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("services/", views.services, name="services"),
    path("services/<uuid:service_id>/", views.service, name="service"),
    path("services/<uuid:service_id>/edit/", views.edit_service, name="edit_service"),
    path("services/<uuid:service_id>/on-duty/", views.go_on_duty, name="on_duty"),
    path("services/<uuid:service_id>/off-duty/", views.go_off_duty, name="off_duty"),
    path("services/<uuid:service_id>/leave/", views.leave, name="leave_service"),
]

"""Addresses of people, institutions and one's own account."""

from django.urls import path

from consortium.people.views import account, institutions, links, staff

app_name = "people"
urlpatterns = [
    path("institutions/", institutions.institutions, name="institutions"),
    path("institutions/new/", institutions.institution_new, name="institution_new"),
    path("institutions/<uuid:institution_id>/", institutions.institution, name="institution"),
    path("institutions/<uuid:institution_id>/edit/", institutions.institution_edit, name="institution_edit"),
    path("institutions/<uuid:institution_id>/close/", institutions.institution_close, name="institution_close"),
    path("institutions/<uuid:institution_id>/reopen/", institutions.institution_reopen, name="institution_reopen"),
    path("institutions/<uuid:institution_id>/departments/new/", institutions.department_new, name="department_new"),
    path("departments/<uuid:department_id>/", institutions.department_edit, name="department_edit"),
    path("institutions/<uuid:institution_id>/staff/", staff.staff, name="staff"),
    path("institutions/<uuid:institution_id>/staff/<uuid:user_id>/", staff.member, name="member"),
    path("institutions/<uuid:institution_id>/staff/<uuid:user_id>/suspend/", staff.suspend, name="suspend"),
    path("institutions/<uuid:institution_id>/staff/<uuid:user_id>/unsuspend/", staff.unsuspend, name="unsuspend"),
    path("institutions/<uuid:institution_id>/staff/<uuid:user_id>/role/", staff.seat_new, name="seat_new"),
    path("seats/<uuid:seat_id>/end/", staff.seat_end, name="seat_end"),
    path("seats/<uuid:seat_id>/role/", staff.seat_role, name="seat_role"),
    path("seats/<uuid:seat_id>/move/", staff.seat_move, name="seat_move"),
    path("institutions/<uuid:institution_id>/invitations/", links.invitations, name="invitations"),
    path("institutions/<uuid:institution_id>/invite/", links.invite, name="invite"),
    path("invitations/<uuid:invitation_id>/", links.invitation, name="invitation"),
    path("invitations/<uuid:invitation_id>/revoke/", links.invitation_revoke, name="invitation_revoke"),
    path("join/<str:token>/", links.join, name="join"),
    path("staff/mine/", staff.own_staff, name="own_staff"),
    path("staff/", staff.directory, name="directory"),
    path("staff/<uuid:user_id>/", staff.person, name="person"),
    path("staff/<uuid:user_id>/password-link/", links.reset_issue, name="reset_issue"),
    path("password-links/<uuid:link_id>/", links.reset_link, name="reset_link"),
    path("new-password/<str:token>/", links.reset, name="reset"),
    path("account/", account.account, name="account"),
    path("account/theme/", account.set_theme, name="set_theme"),
    path("account/language/", account.set_language, name="set_language"),
    path("account/devices/<int:session_id>/end/", account.device_end, name="device_end"),
    path("session/here/", account.here, name="here"),
    path("session/lock/", account.lock, name="lock"),
    path("session/unlock/", account.unlock, name="unlock"),
]

"""Addresses of operate: the API for devices and systems, and the pages."""

from django.urls import path

from genklang.operate.api import api
from genklang.operate.views import (
    adopting,
    adoption,
    adoptions,
    case,
    giving,
    health,
    imports,
    links,
    me,
    members,
    notices,
    upgrading,
    visiting,
    whole,
    work,
)

app_name = "operate"
GUEST = "g/<str:secret>/"
OPEN = "open/<uuid:enrolment_id>/"
CASE = "cases/<uuid:enrolment_id>/"
ADOPTION = "adoptions/<uuid:adoption_id>/"
urlpatterns = [
    path("work/", work.worklist, name="worklist"),
    path("work/alarms/", work.alarms, name="alarms"),
    path("work/alarms/<uuid:alarm_id>/acknowledge/", work.acknowledge, name="acknowledge"),
    path("work/alarms/<uuid:alarm_id>/resolve/", work.resolve, name="resolve"),
    path(CASE, case.case, name="case"),
    path(f"{CASE}report/<slug:kind>/", case.report, name="report"),
    path(f"{CASE}whole/", whole.whole, name="whole"),
    path(f"{CASE}waive/", case.waive, name="waive"),
    path(f"{CASE}members/new/", members.add_member, name="add-member"),
    path(f"{CASE}members/<slug:key>/remove/", members.remove_member, name="remove-member"),
    path(f"{CASE}take-back/<int:event_id>/", case.take_back, name="take-back"),
    path("me/", me.my_page, name="my-page"),
    path("me/<uuid:enrolment_id>/<slug:kind>/", me.my_form, name="my-form"),
    path("me/<uuid:enrolment_id>/take-back/<int:event_id>/", me.my_take_back, name="my-take-back"),
    path("adopt/<slug:slug>/", adopting.adopt, name="adopt"),
    path("adoptions/", adoptions.adoptions, name="adoptions"),
    path(ADOPTION, adoption.adoption, name="adoption"),
    path(f"{ADOPTION}result/", adoption.result, name="result"),
    path(f"{ADOPTION}give-back/", giving.give_back, name="give-back"),
    path(f"{ADOPTION}indicators.csv", adoption.indicators_csv, name="indicators-csv"),
    path(f"{ADOPTION}study.zip", adoption.study_package, name="study-package"),
    path(f"{ADOPTION}people/", adoptions.people, name="people"),
    path(f"{ADOPTION}people/new/", adoptions.enrol, name="enrol"),
    path(f"{ADOPTION}import/", imports.upload, name="import"),
    path(f"{ADOPTION}import/<slug:kept>/", imports.preview, name="import-preview"),
    path(f"{ADOPTION}connections/", adoptions.connections, name="connections"),
    path(f"{ADOPTION}connections/<int:token_id>/revoke/", adoptions.revoke, name="revoke"),
    path(f"{ADOPTION}log/", adoptions.log, name="log"),
    path(f"{ADOPTION}settings/", adopting.settings, name="settings"),
    path(f"{ADOPTION}upgrade/", upgrading.upgrade, name="upgrade"),
    path(f"{ADOPTION}upgrade/<int:upgrade_id>/revert/", upgrading.revert, name="upgrade-revert"),
    path(f"{ADOPTION}status/", adopting.set_status, name="set-status"),
    path(f"{ADOPTION}mending/", notices.mending, name="mending"),
    path(f"{ADOPTION}mending/<uuid:enrolment_id>/", notices.mend, name="mend"),
    path(f"{ADOPTION}notices/<int:notice_id>/seen/", notices.seen, name="notice-seen"),
    path("links/<uuid:link_id>/", links.link, name="link"),
    path("links/<uuid:link_id>/call-back/", links.call_back, name="link-call-back"),
    path("files/<uuid:media_id>/", links.file, name="file"),
    path(GUEST, visiting.guest, name="guest"),
    path(f"{GUEST}open/", visiting.guest_open, name="guest-open"),
    path(f"{GUEST}say/<slug:kind>/", visiting.guest_say, name="guest-say"),
    path(f"{GUEST}files/<uuid:media_id>/", visiting.guest_file, name="guest-file"),
    path("open/adoptions/<uuid:adoption_id>/", visiting.open_pages, name="open-pages"),
    path(OPEN, visiting.open_matter, name="open-matter"),
    path(f"{OPEN}say/<slug:kind>/", visiting.open_say, name="open-say"),
    path(f"{OPEN}files/<uuid:media_id>/", visiting.open_file, name="open-file"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("api/v1/", api.urls),
]

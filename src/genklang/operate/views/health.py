"""For machines that watch over machines: /healthz, and /metrics for whoever holds the token or sits on this machine."""

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from genklang.operate import clock, metrics
from genklang.operate.pages.health import worker_health

LOOPBACK = {"127.0.0.1", "::1"}
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@never_cache
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while pages can be served, else 503. A worker that is late is told of, but stops no pages."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        health = worker_health(clock.now())
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    worker = "held" if health.held else "late" if health.late else "ok"
    return JsonResponse({"status": "ok", "worker": worker})


@never_cache
@require_GET
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format; 404 for everybody else."""
    if not _may_read(request):
        raise Http404
    return HttpResponse(metrics.exposition(clock.now()), content_type=TEXT)


def _may_read(request: HttpRequest) -> bool:
    """The token where one is set; else this machine itself, and nobody for whom a proxy asks."""
    if wanted := settings.GENKLANG_METRICS_TOKEN:
        scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), wanted.encode())
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not any(name in request.headers for name in FORWARDED)

"""The bank's pages: practices found, read, compared and rehearsed. Open to everybody; nothing here is personal."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from genklang.bank.cards import card_of
from genklang.bank.comparing import comparison
from genklang.bank.evidence import evidence_of, released_rows
from genklang.bank.expected import expected_view
from genklang.bank.foreseen import foreseen
from genklang.bank.forms import CompareForm, FindForm, ForUsForm
from genklang.bank.models import Practice, ProtocolVersion
from genklang.bank.planning import plan_rows
from genklang.bank.published import figures_of, headline_of, labels, place_names, places_of, source_text, spread_of
from genklang.bank.readable import readable
from genklang.bank.rehearsing import Busy, RehearseForm, compute
from genklang.bank.rings import picture
from genklang.bank.selectors import find_practices, protocol_of, results_of, shown_practices
from genklang.bank.story import story_of
from genklang.bank.wording import said
from genklang.people.models import Membership, Role, User
from genklang.rehearsal.problems import RehearsalError

PRACTICES_A_PAGE = 24


@require_safe
def practice_list(request: HttpRequest) -> HttpResponse:
    """All practices, or those that fit a visitor's words and filters."""
    everything = list(shown_practices())
    form = FindForm(request.GET, everything)
    wanted = form.wanted()
    found, hits = find_practices(wanted)
    page = Paginator(found, PRACTICES_A_PAGE).get_page(request.GET.get("page"))
    cards = [card_of(practice, hits.get(practice.slug)) for practice in page]
    values = {"form": form, "page": page, "cards": cards, "found": len(found), "all": len(everything)}
    return render(request, "bank/list.html", values)


@require_safe
def practice_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One practice: the story, how it works, what is published, who took it up, and what to think of first."""
    practice = _practice(slug)
    results, protocol = results_of(practice), protocol_of(_current(practice))
    values = {
        "practice": practice,
        "version": practice.current,
        "trail": [(_("Practices"), reverse("bank:list")), (practice.title, "")],
        "story": story_of(practice),
        "readable": readable(protocol),
        "figures": figures_of(results, protocol),
        "homes": places_of(results),
        "where": place_names(results),
        "spread": spread_of(practice, results),
        "headline": headline_of(practice),
        "picture": picture(practice.slug, areas=practice.areas, taken_up=len(results.spread)),
        "sources": [(key, source_text(source), said(source.note)) for key, source in results.sources.items()],
        "effort": (said(results.effort.team), said(results.effort.lead_time)),
        "law": [(said(note), note.statute) for note in results.law],
        "areas": labels("areas", practice.areas),
        "target_groups": labels("target_groups", practice.target_groups),
        "success_factors": labels("success_factors", practice.success_factors),
        "design": labels("designs", [practice.design])[0],
        "design_note": said(results.design_note),
        "can_rehearse": protocol.rehearsal is not None,
        "adopt_url": _adopt_url(request, practice),
        "evidence": evidence_of(practice),
    }
    return render(request, "bank/practice.html", values)


@require_safe
def evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """What adopters have given back: how sure, how much, what the next may expect, and what it could mean for us."""
    practice = _practice(slug)
    found = evidence_of(practice)
    form = ForUsForm(request.GET if "people" in request.GET else None)
    people = form.asked()
    values = {
        "practice": practice,
        "evidence": found,
        "form": form,
        "people": people,
        "for_us": found.primary.for_us(people) if found and found.primary else [],
        "trail": [
            (_("Practices"), reverse("bank:list")),
            (practice.title, reverse("bank:practice", args=[slug])),
            (_("Evidence"), ""),
        ],
    }
    return render(request, "bank/evidence.html", values, status=422 if form.errors else 200)


@require_safe
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """The study's plan as the protocol has it, and what so many people could show."""
    practice = _practice(slug)
    version = _current(practice)
    protocol = protocol_of(version)
    if protocol.study is None:
        raise Http404
    form = ForUsForm(request.GET if "people" in request.GET else None)
    people = form.asked(protocol.study.size or (protocol.rehearsal.enrolments if protocol.rehearsal else 100))
    form.fields["people"].initial = people
    values = {"practice": practice, "version": version, "form": form, "people": people, "rows": plan_rows(protocol)}
    status = 422 if form.errors else 200
    try:
        values["foreseen"] = foreseen(version, people)
    except Busy:
        values["busy"], status = True, 503
    values["trail"] = [
        (_("Practices"), reverse("bank:list")),
        (practice.title, reverse("bank:practice", args=[slug])),
        (_("Study plan"), ""),
    ]
    return render(request, "bank/plan.html", values, status=status)


@require_safe
def evidence_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Every release as it was given, for whoever wants to reckon for themselves: aggregates only."""
    return JsonResponse({"practice": slug, "releases": released_rows(_practice(slug))}, json_dumps_params={"indent": 1})


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two or three practices side by side, and the form to choose them by."""
    everything = sorted(shown_practices(), key=lambda practice: practice.title.casefold())
    form = CompareForm(request.GET if "practice" in request.GET else None, everything)
    chosen: list[Practice] = []
    if form.is_valid():
        by_slug = {practice.slug: practice for practice in everything}
        chosen = [by_slug[slug] for slug in form.cleaned_data["practice"]]
    values = {"form": form, "chosen": chosen, "rows": comparison(chosen)}
    values["trail"] = [(_("Practices"), reverse("bank:list")), (_("Compare"), "")]
    return render(request, "bank/compare.html", values, status=422 if form.errors else 200)


@require_safe
def protocol_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The protocol exactly as published: the current version, or the one whose digest is asked for."""
    practice = _practice(slug)
    version = _current(practice)
    if "digest" in request.GET:
        wanted = request.GET["digest"].replace("\0", "")  # PostgreSQL takes no such sign
        version = get_object_or_404(ProtocolVersion, practice=practice, digest=wanted)
    response = HttpResponse(version.source, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{practice.slug}-{version.version}.yaml"'
    return response


@require_safe
def rehearse(request: HttpRequest, slug: str) -> HttpResponse:
    """What to expect with a visitor's own numbers. The address holds them, so that it can be sent on."""
    practice = _practice(slug)
    version = _current(practice)
    protocol = protocol_of(version)
    if protocol.rehearsal is None:
        raise Http404
    form = RehearseForm(request.GET if request.GET else None, protocol)
    values = {"practice": practice, "version": version, "form": form, "trail": _rehearse_trail(practice)}
    status = 422 if form.errors else 200
    if form.is_valid():
        query = form.plain_query(request.GET)
        if query != request.GET.urlencode():
            return redirect(f"{request.path}?{query}")
        try:
            values["expected"] = expected_view(protocol, results_of(practice), compute(version, form.asked()))
        except Busy:
            values["busy"], status = True, 503
        except RehearsalError as errors:
            values["problems"], status = errors.problems, 422
    return render(request, "bank/rehearse.html", values, status=status)


def _rehearse_trail(practice: Practice) -> list[tuple[str, str]]:
    address = reverse("bank:practice", args=[practice.slug])
    return [(_("Practices"), reverse("bank:list")), (practice.title, address), (_("Rehearse"), "")]


def _practice(slug: str) -> Practice:
    return get_object_or_404(shown_practices(), slug=slug)


def _current(practice: Practice) -> ProtocolVersion:
    if practice.current is None:
        raise Http404
    return practice.current


def _adopt_url(request: HttpRequest, practice: Practice) -> str:
    """Where a lead adopts it; empty for everybody else, and while nothing can be adopted."""
    user = request.user
    if not isinstance(user, User) or not Membership.objects.filter(user=user, role=Role.LEAD).exists():
        return ""
    try:
        return reverse("operate:adopt", args=[practice.slug])
    except NoReverseMatch:
        return ""

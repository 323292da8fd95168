"""What people who take part offer, ask for and owe each other: their own pages, and the ledger for those who work."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from genklang.operate import access
from genklang.operate.joining import persons_of
from genklang.operate.models import Enrolment
from genklang.operate.pages import exchange as pages
from genklang.operate.pages.ledgers import csv_lines, ledger_page, people_of
from genklang.operate.pages.protocols import words_of
from genklang.operate.pages.words import say
from genklang.operate.views.adoption import csv_answer
from genklang.operate.views.shared import adoption_seen, own_enrolment, side, user_of
from genklang.people.models import Action
from genklang.people.services import record_access, record_listing
from genklang.protocol.together import Ledger


@login_required
@require_GET
def others(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """What others who take part offer and ask for, with the names that they have chosen, and nothing else."""
    enrolment = _mine_as_participant(request, enrolment_id)
    roles = access.own_roles(request.user, enrolment)
    groups, whose = pages.groups_for(enrolment, roles)
    record_listing(actor=user_of(request), persons=persons_of(whose), purpose=enrolment.adoption.name)
    words = words_of(enrolment)
    values = {"groups": groups, "enrolment": enrolment, "practice": say(words.protocol.title)}
    values["called"] = pages.called_in_words(enrolment, words)
    return render(request, "operate/others.html", values)


@login_required
@require_GET
def my_account(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """What has moved to and from my accounts, and what they hold."""
    enrolment = _mine_as_participant(request, enrolment_id)
    accounts = pages.accounts_of(enrolment)
    if not accounts:
        raise Http404(_("There are no accounts here."))
    return render(request, "operate/my_account.html", {"accounts": accounts, "enrolment": enrolment})


@login_required
@require_GET
def ledger(request: HttpRequest, adoption_id: UUID, name: str) -> HttpResponse:
    """Every account and transfer of a ledger, for those who work in the adoption; seeing the names is logged."""
    adoption = adoption_seen(request, adoption_id)
    declared = _declared(words_of(adoption).protocol.ledgers, name)
    shown = ledger_page(adoption, name, declared, words_of(adoption), page=request.GET.get("page"))
    record_listing(actor=user_of(request), persons=persons_of(people_of(shown)), purpose=adoption.name)
    file = reverse("operate:ledger-csv", args=[adoption.public_id, name])
    values = side(request, adoption, f"ledger/{name}") | {"ledger": shown, "page": shown.page, "file": file}
    return render(request, "operate/ledger.html", values)


@login_required
@require_GET
def ledger_csv(request: HttpRequest, adoption_id: UUID, name: str) -> HttpResponse:
    """Every transfer as a file: numbers of those who take part, no names; taking it out is logged."""
    adoption = adoption_seen(request, adoption_id)
    declared = _declared(words_of(adoption).protocol.ledgers, name)
    purpose = _("ledger, %(name)s") % {"name": adoption.name}
    record_access(
        organisation=adoption.organisation, actor=user_of(request), action=Action.EXPORT, purpose=purpose[:200]
    )
    return csv_answer(adoption, name, csv_lines(adoption, name, declared))


def _mine_as_participant(request: HttpRequest, enrolment_id: UUID) -> Enrolment:
    """An enrolment that is about the user; for those who only belong to it the page does not exist."""
    enrolment = own_enrolment(request, enrolment_id)
    participant = set(words_of(enrolment).protocol.participant_roles)
    if not access.own_roles(request.user, enrolment) & participant or enrolment.broken_reason:
        raise Http404(_("There is no such page."))
    return enrolment


def _declared(ledgers: dict[str, Ledger], name: str) -> Ledger:
    if name not in ledgers:
        raise Http404(_("There is no such ledger."))
    return ledgers[name]

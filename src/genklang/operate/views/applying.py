"""Where anybody can apply, at any hour: who one is, a code by mail, and on to the first form; and the lead's page.

Until the code is right nothing is looked up and nothing is made, so that a stranger learns nothing of who is known.
"""

from uuid import UUID

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from genklang.operate import applying
from genklang.operate.forms.applying import ApplyForm, CodeForm
from genklang.operate.models import Adoption
from genklang.operate.pages.applying import Doorway, doorway, first_address
from genklang.operate.pages.protocols import words_of
from genklang.operate.problems import Refused
from genklang.operate.rate import Brake
from genklang.operate.views.shared import UNPROCESSABLE, adoption_led, posted, side, tell_refusal, trail, user_of
from genklang.operate.views.visiting import too_many
from genklang.people import codes
from genklang.people.models import Person, User
from genklang.people.services import ensure_user
from genklang.voices import qr

visitor_brake = Brake(calls=30, seconds=3600)
mailbox_brake = Brake(calls=5, seconds=3600)
door_brake = Brake(calls=300, seconds=3600)
guess_brake = Brake(calls=60, seconds=3600)


@never_cache
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest, word: str) -> HttpResponse:
    """What it is, who will see what one writes, and the first two questions. Whoever takes part sees my page."""
    adoption = applying.adoption_behind(word)
    if adoption is None:
        return _shown(request, word, None, None, status=404)
    user = request.user if isinstance(request.user, User) else None
    if user and applying.own_running(user, adoption):
        return redirect("operate:my-page")
    door = doorway(adoption)
    if door.closed or not (user or _can_prove(adoption)):
        return _shown(request, word, door, None)
    form = _form(request, door, user)
    if request.method == "POST" and form.is_valid():
        if user:
            return _come_in(request, adoption, user, form)
        if wait := _wait(request, adoption, form.cleaned_data["email"]):
            return too_many(request, wait)
        if _send(request, word, adoption, form):
            return redirect("operate:apply-code", word)
    return _shown(request, word, door, form)


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, word: str) -> HttpResponse:
    """The code that came by mail. A right one signs in, and goes straight on."""
    adoption, waiting = applying.adoption_behind(word), codes.awaited(request)
    if adoption is None or waiting is None or waiting.about.get("word") != word or doorway(adoption).closed:
        return redirect("operate:apply", word)
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if wait := guess_brake.seconds_to_wait(_visitor(request)):
            return too_many(request, wait)
        if codes.is_right(request, form.cleaned_data["code"]) and _may_be_proven(adoption, waiting.email):
            return _sign_in(request, adoption, waiting)
        if codes.awaited(request) is None:
            messages.error(request, _("That was not the code, and it works no more. Ask for a new one."))
            return redirect("operate:apply", word)
        form.add_error("code", _("That is not the code. Look in the latest letter, and write it as it stands there."))
    values = {"door": doorway(adoption), "word": word, "form": form, "email": waiting.email, "minutes": codes.MINUTES}
    values |= {"simulated": adoption.simulated, "invented": waiting.about.get("invented", "")}
    return render(request, "operate/apply_code.html", values, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """The lead opens the address where anybody can apply, and prints it."""
    adoption = _joinable(adoption_led(request, adoption_id))
    if request.method == "POST":
        applying.open_address(adoption, user=user_of(request))
        return redirect("operate:apply-address", adoption.public_id)
    made = applying.open_address_of(adoption)
    values = side(request, adoption, "") | {"trail": trail(adoption, _("Where anybody can apply")), "made": made}
    values |= {"door": doorway(adoption), "can_prove": _can_prove(adoption)}
    if made:
        whole = request.build_absolute_uri(reverse("operate:apply", args=[made.word]))
        values |= {"address": whole, "qr": qr.svg(whole, label=_("The address as a QR code"))}
    return render(request, "operate/apply_address.html", values)


@login_required
@require_POST
def take_away(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """Nobody can apply there any more."""
    adoption = _joinable(adoption_led(request, adoption_id))
    applying.take_away(adoption, user=user_of(request))
    messages.success(request, _("The address is taken away. Nobody can apply there any more."))
    return redirect("operate:apply-address", adoption.public_id)


def _joinable(adoption: Adoption) -> Adoption:
    if not applying.roles_that_join(adoption):
        raise Http404(_("In this practice one does not begin by oneself."))
    return adoption


def _form(request: HttpRequest, door: Doorway, user: User | None) -> ApplyForm:
    known = Person.objects.filter(user=user, organisation=door.adoption.organisation).first() if user else None
    form = ApplyForm(
        posted(request),
        protocol=words_of(door.adoption).protocol,
        roles=door.roles,
        known_as=known.display_name if known else "",
        signed_in=user is not None,
    )
    form.initial = {"name": user.name} if user else {}
    return form


def _send(request: HttpRequest, word: str, adoption: Adoption, form: ApplyForm) -> bool:
    """Makes a code and sends it. In the demo nothing is sent, and the next page shows it."""
    email = form.cleaned_data["email"]
    about = {"word": word, **form.who}
    made = codes.new_code(request, email, about=about)
    if codes.can_be_sent():
        if codes.send(made, email):
            return True
        form.add_error("email", _("The letter could not be sent just now. Look at the address, or try again later."))
        return False
    request.session[codes.KEY]["about"]["invented"] = made
    return True


def _sign_in(request: HttpRequest, adoption: Adoption, waiting: codes.Awaited) -> HttpResponse:
    """Signs in whose address it is, with a second step where they have one: then they go on from the page itself."""
    user = ensure_user(email=waiting.email, name=waiting.about["name"], simulated=adoption.simulated)
    back = reverse("operate:apply", args=[waiting.about["word"]])
    answer: HttpResponse = perform_login(request, user, redirect_url=back)
    if request.user != user or applying.own_running(user, adoption):
        return answer
    try:
        enrolment = applying.come_in(adoption, user=user, name=waiting.about["name"], role=waiting.about["role"])
    except Refused:
        return answer
    return redirect(first_address(enrolment, user))


def _come_in(request: HttpRequest, adoption: Adoption, user: User, form: ApplyForm) -> HttpResponse:
    try:
        enrolment = applying.come_in(adoption, user=user, **form.who)
    except Refused as refused:
        tell_refusal(form, refused)
        return _shown(request, adoption.apply_address.word, doorway(adoption), form)
    return redirect(first_address(enrolment, user))


def _shown(
    request: HttpRequest, word: str, door: Doorway | None, form: ApplyForm | None, *, status: int = 200
) -> HttpResponse:
    values = {"door": door, "form": form, "word": word, "simulated": bool(door and door.adoption.simulated)}
    status = UNPROCESSABLE if form is not None and form.errors else status
    return render(request, "operate/apply.html", values, status=status)


def _can_prove(adoption: Adoption) -> bool:
    """Whether a stranger's address can be shown to be theirs: by mail, or in the demo, where everybody is invented."""
    return codes.can_be_sent() or (settings.GENKLANG_DEMO and adoption.simulated)


def _may_be_proven(adoption: Adoption, email: str) -> bool:
    """A code that was shown instead of sent proves nothing: it opens an invented person's account alone."""
    return codes.can_be_sent() or not User.objects.filter(email__iexact=email, simulated=False).exists()


def _wait(request: HttpRequest, adoption: Adoption, email: str) -> int:
    """Seconds until another letter may be asked for: from this place, to this mailbox, at this address."""
    return (
        visitor_brake.seconds_to_wait(_visitor(request))
        or mailbox_brake.seconds_to_wait(email.lower())
        or door_brake.seconds_to_wait(adoption.pk)
    )


def _visitor(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))

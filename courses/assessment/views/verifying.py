"""Whether a certificate is valid, for whoever holds its number: no account, and no list to walk through."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.kernel.limits import address, spend
from consortium.kernel.links import by_link
from consortium.kernel.signing import signer_certificates
from courses.assessment.crediting import read_code
from courses.assessment.queries.certificates import certificate_by, pairs_of

public = by_link("somebody who checks a certificate")


@never_cache
@require_safe
@public
def ask(request: HttpRequest) -> HttpResponse:
    """A field for the number; `?number=` leads to its page."""
    said = request.GET.get("number", "")[:60]
    code = read_code(said)
    if code:
        return redirect("verify:certificate", code)
    return render(request, "assessment/certificates/ask.html", {"said": said}, status=404 if said else 200)


@never_cache
@require_safe
@public
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Name, course, day, hours, and whether it holds. One answer for every number that there is not."""
    spend("verify", address(request))
    found = certificate_by(code)
    if found is None:
        return render(request, "assessment/certificates/ask.html", {"said": code[:60]}, status=404)
    context = {"certificate": found, "pairs": pairs_of(found)}
    return render(request, "assessment/certificates/verified.html", context)


@require_safe
@public
def signer(request: HttpRequest) -> HttpResponse:
    """The certificate that the signature on the PDF is checked with."""
    headers = {"Content-Disposition": 'attachment; filename="consortium-signer.pem"'}
    return HttpResponse(signer_certificates(), content_type="application/x-pem-file", headers=headers)

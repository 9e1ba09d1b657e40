"""Django over WSGI: what the thread pool of the web process runs, and any WSGI server can. Starts only when secure."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")

application = get_wsgi_application()

from consortium.kernel.checks import refuse_insecure  # noqa: E402 - after Django is set up

refuse_insecure()

"""Loads the site for :mod:`tests.browser.serving`; a connection is not to be forked."""

from django.db import connections

import selfassess.wsgi  # noqa: F401

connections.close_all()

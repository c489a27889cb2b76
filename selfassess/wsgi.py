"""The WSGI application. It refuses to start with settings that are not fit to serve."""

import os

import django
from django.conf import settings
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfassess.settings")
django.setup()
call_command("check", deploy=not settings.LOCAL, databases=["default"], fail_level="ERROR")

from selfassess.handler import Handler  # noqa: E402 - what it imports needs the setup

application = Handler()

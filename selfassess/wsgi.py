"""The WSGI application. It refuses to start with settings that are not fit to serve."""

import gc
import os

import django
from django.conf import settings
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfassess.settings")
django.setup()
call_command("check", deploy=not settings.LOCAL, databases=["default"], fail_level="ERROR")

from selfassess.handler import Handler  # noqa: E402 - what it imports needs the setup

application = Handler()

# What start-up made stays; looking through it for cycles again and again cost a page some 2 of 28 ms.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)

"""The product's settings, with the bare view beside it."""

from selfassess.settings import *  # noqa: F403 - all of them
from selfassess.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.bare"]
ROOT_URLCONF = "bench.bare.urls"

"""The project as an app: its checks and static files."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "selfassess"

    def ready(self) -> None:
        from selfassess import checks  # noqa: F401 - registers them

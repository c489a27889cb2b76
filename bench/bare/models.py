"""The two tables of the bare view; made by ``migrate --run-syncdb``."""

from django.db import models


class Text(models.Model):
    """What is updated."""

    text = models.TextField()
    version = models.PositiveIntegerField(default=0)
    objects: "models.Manager[Text]" = models.Manager()

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return self.text


class Saved(models.Model):
    """What is inserted."""

    of = models.ForeignKey(Text, on_delete=models.PROTECT)
    text = models.TextField()
    objects: "models.Manager[Saved]" = models.Manager()

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return self.text

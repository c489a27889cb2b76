"""What people say to each other about an item, beside the report."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from assessments.models.response import Response


class ResponseComment(models.Model):
    """A remark on an item (留言), kept as it was written. ``organisation`` is the one it was written for."""

    response = models.ForeignKey(Response, models.PROTECT, related_name="comments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.CharField(_("text"), max_length=500)
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        ordering = ("response_id", "written_at", "pk")
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = (models.CheckConstraint(condition=~models.Q(text=""), name="response_comment_text"),)

    def __str__(self) -> str:
        return self.text

"""What is said of a draft in its comment round, and the journal of its edits."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from indicators.models.framework import Framework


class Comment(models.Model):
    """One office's comment on a node of a framework (征求意见), and the secretary's answer.

    ``node`` is the node's key; empty for the framework as a whole. ``place`` is the node as it read then: it
    may be removed from the draft afterwards, the comment stays.
    """

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="comments")
    node = models.UUIDField(_("node"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=300)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.CharField(_("comment"), max_length=1000)
    written_at = models.DateTimeField(_("written at"))
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        ordering = ("framework", "pk")
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="comment_has_text"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="comment_answer_signed",
            ),
        )

    def __str__(self) -> str:
        return self.text


class Edit(models.Model):
    """One change of a draft in the editor: the rows it touched, before and after, so that it can be undone.

    ``changes`` is written and read by :mod:`indicators.editor.journal` alone.
    """

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="edits")
    number = models.PositiveIntegerField(_("number"))
    summary = models.CharField(_("what was done"), max_length=300)
    changes = models.JSONField(_("changes"))
    undone = models.BooleanField(_("undone"), default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ("framework", "number")
        verbose_name = _("edit")
        verbose_name_plural = _("edits")
        constraints = (models.UniqueConstraint(fields=("framework", "number"), name="edit_number"),)

    def __str__(self) -> str:
        return self.summary

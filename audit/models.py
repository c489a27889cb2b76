"""The trail: an append-only, hash-chained table of who did what, when, from where.

Events are written by :func:`audit.trail.record` alone. The database itself refuses to change or delete
them (see the migrations); what is altered behind its back breaks the chain, which
:func:`audit.trail.first_break` locates.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One act.

    Actor and subject are kept as plain values, not as foreign keys: the trail must stay readable and
    unchanged whatever becomes of the rows it speaks of.
    """

    sequence = models.PositiveBigIntegerField(_("sequence"), primary_key=True)
    at = models.DateTimeField(_("time"))
    actor_id = models.BigIntegerField(_("actor number"), null=True)
    actor_name = models.CharField(_("actor"), max_length=200)
    origin = models.CharField(_("origin"), max_length=64, blank=True)
    action = models.CharField(_("action"), max_length=64)
    subject_type = models.CharField(_("kind of subject"), max_length=64)
    subject_id = models.CharField(_("subject number"), max_length=64)
    subject_name = models.CharField(_("subject"), max_length=300)
    organisation_id = models.BigIntegerField(_("organisation number"), null=True)
    details = models.JSONField(_("details"), default=dict)
    previous_hash = models.CharField(_("previous hash"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64, unique=True)

    class Meta:
        ordering = ("sequence",)
        indexes = (
            models.Index(fields=("subject_type", "subject_id"), name="audit_event_subject"),
            models.Index(fields=("organisation_id", "at"), name="audit_event_organisation"),
        )
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.subject_name}"


class ChainHead(models.Model):
    """The last link. One row: locking it puts concurrent writers in a line, and a cut tail is noticed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="audit_chain_head_single"),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash}"

"""A framework's way from draft to published and superseded, and its copies.

With :mod:`indicators.consulting` the only writer of a framework's state. Every step is taken under a lock on
the row and leaves an event.
"""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from audit.trail import record
from indicators.exchange import read_framework, store_framework, write_framework
from indicators.faults import find_faults
from indicators.models import UNPUBLISHED, Framework, FrameworkStatus
from indicators.scoring.points import plain
from indicators.weights import leaves_of, weights_by_profile


class StaleDraft(Exception):
    """The draft is no longer what was looked at before it was to be published; nothing was changed."""


def contents_hash(framework: Framework) -> str:
    """Stands for all that publishing freezes. Needs a framework read ``with_tree()``."""
    text = json.dumps(write_framework(framework), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def publish_framework(*, framework: Framework, by: User | None, read: str | None = None) -> Framework:
    """Check and freeze a draft; it takes the place of the :func:`versions_replaced_by` it.

    Raises ``ValidationError`` that lists every fault, and :class:`StaleDraft` where its contents are not
    those of which ``read`` is the :func:`contents_hash`; then nothing changed.
    """
    # All versions of the code: of two published at once the second sees the first.
    versions = Framework.objects.select_for_update().filter(code=framework.code).order_by("pk")
    locked = next(version for version in versions if version.pk == framework.pk)
    if locked.status != FrameworkStatus.DRAFT:
        raise ValidationError(_("Only a draft can be published."))
    complete = Framework.objects.with_tree().get(pk=framework.pk)
    if read is not None and read != contents_hash(complete):
        raise StaleDraft
    if faults := find_faults(complete):
        raise ValidationError([str(fault) for fault in faults])
    locked.status, locked.published_at = FrameworkStatus.PUBLISHED, timezone.now()
    locked.save(update_fields=["status", "published_at"])
    leaves = [leaf for section in complete.sections.all() for leaf in leaves_of(section)]
    by_profile = weights_by_profile(leaves, complete.profiles)
    weights = {profile: plain(weight.points) for profile, weight in by_profile.items()}
    record(
        by=by,
        action="framework.published",
        subject=locked,
        items=len(leaves),
        weight=weights if complete.profiles else next(iter(weights.values())),
    )
    for earlier in versions_replaced_by(locked):
        _supersede(earlier, successor=locked, by=by)
    return locked


def versions_replaced_by(framework: Framework) -> QuerySet[Framework]:
    """Published versions that this one supersedes once it is published: of its code, its year and earlier.

    A correction of last year's leaves this year's alone. A committee supersedes its own versions and those
    that belong to none, never another committee's.
    """
    own = Q(committee=framework.committee_id) | Q(committee__isnull=True)
    published = Framework.objects.filter(own, code=framework.code, status=FrameworkStatus.PUBLISHED)
    return published.filter(year__lte=framework.year).exclude(pk=framework.pk).order_by("pk")


def _supersede(framework: Framework, *, successor: Framework, by: User | None) -> None:
    """Cycles that run on it go on; a new cycle takes the successor."""
    framework.status = FrameworkStatus.SUPERSEDED
    framework.save(update_fields=["status"])
    record(by=by, action="framework.superseded", subject=framework, by_version=successor.version)


def copy_framework(
    *,
    framework: Framework,
    code: str,
    version: str,
    year: int,
    title: str,
    by: User | None,
    committee: Organisation | None = None,
) -> Framework:
    """A new draft with everything of ``framework`` and the same identity of its nodes.

    It belongs to ``committee``, unless the original belongs to one already. Raises ``ValidationError`` when
    that version exists; nothing is stored then. A constant number of queries, whatever the size.
    """
    original = Framework.objects.with_tree().get(pk=framework.pk)
    about = {"code": code, "version": version, "year": year, "title": title}
    return store_framework(
        data=read_framework({**write_framework(original), **about}),
        by=by,
        committee=original.committee or committee,
        predecessor=original,
        action="framework.copied",
    )


def uses_of(framework: Framework) -> list[str]:
    """What rests on a framework, so that it cannot be deleted, in the user's language."""
    uses = [_("the cycle “%(name)s”") % {"name": cycle.name} for cycle in framework.cycles.all()]
    return uses + [
        _copy_in_words(framework, copy) for copy in framework.successors.select_related("committee")
    ]


def _copy_in_words(framework: Framework, copy: Framework) -> str:
    """What another committee made of a draft that belongs to all is not named before it is published."""
    if copy.status in UNPUBLISHED and copy.committee_id not in (None, framework.committee_id):
        return _("a draft of %(committee)s") % {"committee": copy.committee}
    return _("the copy “%(name)s”") % {"name": str(copy)}


@transaction.atomic
def delete_draft(*, framework: Framework, by: User | None) -> None:
    """Delete a draft with its comments and the journal of its edits, for good.

    Raises ``ValidationError`` for what is no draft, and for what something rests on.
    """
    locked = Framework.objects.select_for_update().get(pk=framework.pk)
    if locked.status != FrameworkStatus.DRAFT:
        raise ValidationError(_("Only a draft can be deleted."))
    if uses := uses_of(locked):
        raise ValidationError(_("In use by %(uses)s.") % {"uses": _(", ").join(uses)})
    record(
        by=by,
        action="framework.deleted",
        subject=locked,
        code=locked.code,
        version=locked.version,
        comments=locked.comments.count(),
    )
    locked.delete()

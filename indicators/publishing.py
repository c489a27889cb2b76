"""A framework's way from draft to published and superseded, and its copies.

With :mod:`indicators.consulting` the only writer of a framework's state. Every step is taken under a lock on
the row and leaves an event.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from audit.trail import record
from indicators.exchange import read_framework, store_framework, write_framework
from indicators.faults import find_faults
from indicators.models import Framework, FrameworkStatus
from indicators.scoring.points import plain
from indicators.weights import leaves_of, weights_by_profile


@transaction.atomic
def publish_framework(*, framework: Framework, by: User | None) -> Framework:
    """Check and freeze a draft; it takes the place of the versions of its code published before.

    Raises ``ValidationError`` that lists every fault; then nothing changed.
    """
    # All versions of the code: of two published at once the second sees the first.
    versions = Framework.objects.select_for_update().filter(code=framework.code).order_by("pk")
    locked = next(version for version in versions if version.pk == framework.pk)
    if locked.status != FrameworkStatus.DRAFT:
        raise ValidationError(_("Only a draft can be published."))
    complete = Framework.objects.with_tree().get(pk=framework.pk)
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
    for earlier in versions:
        if _replaces(locked, earlier):
            _supersede(earlier, successor=locked, by=by)
    return locked


def _replaces(framework: Framework, earlier: Framework) -> bool:
    """A committee supersedes its own versions and those that belong to none, never another committee's."""
    if earlier.pk == framework.pk or earlier.status != FrameworkStatus.PUBLISHED:
        return False
    return earlier.committee_id in (None, framework.committee_id)


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
    copies = framework.successors.all()
    return uses + [_("the copy “%(name)s”") % {"name": str(copy)} for copy in copies]


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

"""Who gets what from which route: the whole truth, read by tests/test_access.py.

A new route fails the tests until it has its rows here. Deny by default: write the row first.

The answers are about the person's request for an object of **district a**, or for a framework of its
committee c in the state named; the published one belongs to no committee. Committee d is another city's.
Items are led by department a1; nothing is assigned to a2, and a3 supports item 1. The comment in the open
round is a1's.

=======  =====================================================================
ok       a page or an answer (200, for an unfinished form 422)
done     done, and led on to another page (302)
sign-in  led to the sign-in page (302)
400      the body cannot be used; allowed, but for that
401      not signed in, said to a program
403      visible, but not for this role or not in this state
404      not there for this person: invisible, or no such object
405      no such method
409      not now: somebody else is meant, or has been faster
=======  =====================================================================
"""

from typing import NamedTuple

PERSONAS = (
    "anonymous",
    "filler-a1",
    "filler-a2",
    "filler-a3",
    "department_head-a1",
    "coordinator-a",
    "leader-a",
    "auditor-a",
    "administrator-a",
    "verifier-c",
    "secretary-c",
    "auditor-c",
    "administrator-c",
    "secretary-d",
    "coordinator-b",
    "filler-b1",
    "operator",
)
"""Columns of the table: role and organisation. The operator is a superuser without any role."""

_TABLE = """
route            state      method anon.   fill-a1 fill-a2 fill-a3 head-a1 coord-a lead-a  aud-a   adm-a   ver-c   sec-c   aud-c   adm-c   sec-d   coord-b fill-b1 operator
sign-in          -          GET    ok      done    done    done    done    done    done    done    done    done    done    done    done    done    done    done    done
sign-in          -          POST   ok      done    done    done    done    done    done    done    done    done    done    done    done    done    done    done    done
sign-out         -          GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
sign-out         -          POST   sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in
password         -          GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
password         -          POST   sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
who-is-signed-in -          GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
language         -          GET    405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
language         -          POST   done    done    done    done    done    done    done    done    done    done    done    done    done    done    done    done    done
home             -          GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
home             -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
frameworks       -          GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
framework        -          GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
framework-new    -          GET    sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     ok      403     403     403
framework-new    -          POST   sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     ok      403     403     403
framework-section published  GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
framework-section draft      GET    sign-in 404     404     404     404     404     404     404     404     ok      ok      ok      404     404     404     404     404
framework-section draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
framework-edit   draft      GET    sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-edit   draft      POST   sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-history draft      GET    sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-history draft      POST   sign-in 404     404     404     404     404     404     404     404     403     done    403     404     404     404     404     404
framework-add    draft      GET    sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-add    draft      POST   sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-node   draft      GET    sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-node   draft      POST   sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-node-move draft      GET    sign-in 404     404     404     404     404     404     404     404     403     done    403     404     404     404     404     404
framework-node-move draft      POST   sign-in 404     404     404     404     404     404     404     404     403     done    403     404     404     404     404     404
framework-node-delete draft      GET    sign-in 404     404     404     404     404     404     404     404     403     done    403     404     404     404     404     404
framework-node-delete draft      POST   sign-in 404     404     404     404     404     404     404     404     403     done    403     404     404     404     404     404
framework-publish draft      GET    sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-publish draft      POST   sign-in 404     404     404     404     404     404     404     404     403     done    403     404     404     404     404     404
framework-copy   draft      GET    sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-copy   draft      POST   sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-delete draft      GET    sign-in 404     404     404     404     404     404     404     404     403     ok      403     404     404     404     404     404
framework-delete draft      POST   sign-in 404     404     404     404     404     404     404     404     403     done    403     404     404     404     404     404
framework-consult draft      GET    sign-in 404     404     404     404     404     404     404     404     403     done    403     404     404     404     404     404
framework-consult draft      POST   sign-in 404     404     404     404     404     404     404     404     403     done    403     404     404     404     404     404
framework-compare draft      GET    sign-in 404     404     404     404     404     404     404     404     ok      ok      ok      404     404     404     404     404
framework-compare consulting GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     ok      ok      ok      404     404     ok      ok      404
framework-compare published  GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
framework-compare published  POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
framework-comments draft      GET    sign-in 404     404     404     404     404     404     404     404     ok      ok      ok      404     404     404     404     404
framework-comments consulting GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     ok      ok      ok      404     404     ok      ok      404
framework-comments consulting POST   sign-in ok      ok      ok      ok      ok      403     403     404     403     403     403     404     404     ok      ok      404
framework-comment-answer consulting GET    sign-in done    404     404     done    done    done    done    404     done    done    done    404     404     404     404     404
framework-comment-answer consulting POST   sign-in 403     404     404     403     403     403     403     404     403     done    403     404     404     404     404     404
framework-edit   consulting POST   sign-in 403     403     403     403     403     403     403     404     403     ok      403     404     404     403     403     404
framework-node   consulting POST   sign-in 403     403     403     403     403     403     403     404     403     ok      403     404     404     403     403     404
framework-node-move consulting POST   sign-in 403     403     403     403     403     403     403     404     403     done    403     404     404     403     403     404
framework-node-delete consulting POST   sign-in 403     403     403     403     403     403     403     404     403     done    403     404     404     403     403     404
framework-publish consulting POST   sign-in 403     403     403     403     403     403     403     404     403     done    403     404     404     403     403     404
framework-copy   consulting POST   sign-in 403     403     403     403     403     403     403     404     403     ok      403     404     404     403     403     404
framework-delete consulting POST   sign-in 403     403     403     403     403     403     403     404     403     done    403     404     404     403     403     404
framework-consult consulting POST   sign-in 403     403     403     403     403     403     403     404     403     done    403     404     404     403     403     404
framework-section superseded GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
framework-edit   superseded POST   sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     403     403     403     403
framework-node   superseded POST   sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     403     403     403     403
framework-node-delete superseded POST   sign-in 403     403     403     403     403     403     403     403     403     done    403     403     403     403     403     403
framework-publish superseded POST   sign-in 403     403     403     403     403     403     403     403     403     done    403     403     403     403     403     403
framework-copy   superseded POST   sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     403     403     403     403
framework-delete superseded POST   sign-in 403     403     403     403     403     403     403     403     403     done    403     403     403     403     403     403
framework-consult superseded POST   sign-in 403     403     403     403     403     403     403     403     403     done    403     403     403     403     403     403
framework-compare superseded GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
framework-comments superseded GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
framework-comments superseded POST   sign-in 403     403     403     403     403     403     403     403     403     403     403     403     403     403     403     403
framework-file   superseded GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
framework-edit   published  POST   sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     ok      403     403     403
framework-publish published  POST   sign-in 403     403     403     403     403     403     403     403     403     done    403     403     done    403     403     403
framework-copy   published  POST   sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     ok      403     403     403
framework-delete published  POST   sign-in 403     403     403     403     403     403     403     403     403     done    403     403     done    403     403     403
framework-consult published  POST   sign-in 403     403     403     403     403     403     403     403     403     done    403     403     done    403     403     403
framework-comments published  GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
framework-comments published  POST   sign-in 403     403     403     403     403     403     403     403     403     403     403     403     403     403     403     403
cycle-move       published  GET    sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     ok      403     403     403
cycle-move       published  POST   sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     ok      403     403     403
framework-import -          GET    sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     ok      403     403     403
framework-import -          POST   sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     ok      403     403     403
framework-import-preview -          GET    sign-in 403     403     403     403     403     403     403     403     403     done    403     403     done    403     403     403
framework-import-preview -          POST   sign-in 403     403     403     403     403     403     403     403     403     done    403     403     done    403     403     403
framework-template -          GET    sign-in 403     403     403     403     403     403     403     403     403     ok      403     403     ok      403     403     403
framework-template -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
framework-file   published  GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
framework-file   draft      GET    sign-in 404     404     404     404     404     404     404     404     ok      ok      ok      404     404     404     404     404
framework-file   consulting GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     ok      ok      ok      404     404     ok      ok      404
framework-file   published  POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
/admin/login/    -          GET    sign-in 403     403     403     403     403     403     403     403     403     403     403     403     403     403     403     done
admin:*          -          GET    sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in sign-in ok
assessment       draft      GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
assessment       draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
response         empty      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
response         empty      POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
response         draft      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
response         draft      POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
response         submitted  GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
response         submitted  POST   sign-in 403     404     403     403     403     403     403     404     404     404     404     404     404     404     404     404
response         returned   GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
response         returned   POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
response         accepted   GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
response         accepted   POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
response-action  submit     GET    sign-in done    404     done    done    done    done    done    404     404     404     404     404     404     404     404     404
response-action  submit     POST   sign-in 403     404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
response-action  take_back  POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
response-action  accept     POST   sign-in 403     404     403     403     done    403     403     404     404     404     404     404     404     404     404     404
response-action  return     POST   sign-in 403     404     403     403     done    403     403     404     404     404     404     404     404     404     404     404
report           draft      GET    sign-in 403     403     403     403     ok      ok      ok      404     404     404     404     404     404     404     404     404
report           draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
report-prose     draft      GET    sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
report-prose     draft      POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
report-document  draft      GET    sign-in 403     403     403     403     ok      ok      ok      404     404     404     404     404     404     404     404     404
report-file      draft      GET    sign-in 403     403     403     403     ok      ok      ok      404     404     404     404     404     404     404     404     404
report-file      draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:results      draft      GET    401     403     403     403     403     ok      ok      ok      404     404     404     404     404     404     404     404     404
api:results      draft      POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
response-history draft      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
response-history accepted   GET    sign-in ok      403     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
response-revision draft      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
response-revision accepted   GET    sign-in ok      403     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
response-history draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
response-revision draft      POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
response-revision accepted   POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
response-last-year draft      GET    sign-in done    404     done    done    done    done    done    404     404     404     404     404     404     404     404     404
response-last-year draft      POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
response-last-year accepted   POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
past-report      draft      GET    sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
past-report      draft      POST   sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
past-report-preview draft      GET    sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
past-report-preview draft      POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
section          draft      GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
section          draft      POST   sign-in done    403     403     done    done    403     403     404     404     404     404     404     404     404     404     404
section-draft    draft      GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
section-draft    draft      POST   sign-in ok      403     403     ok      ok      403     403     404     404     404     404     404     404     404     404     404
collection       draft      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
collection       draft      POST   sign-in ok      404     403     ok      403     403     403     404     404     404     404     404     404     404     404     404
collection       submitted  POST   sign-in 403     404     403     403     403     403     403     404     404     404     404     404     404     404     404     404
collection       accepted   GET    sign-in ok      403     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
collection       accepted   POST   sign-in 403     403     403     403     403     403     403     404     404     404     404     404     404     404     404     404
collection-preview draft      GET    sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
collection-preview draft      POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
collection-units draft      GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
collection-units draft      POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
collection-units accepted   POST   sign-in 403     403     403     403     403     403     403     404     404     404     404     404     404     404     404     404
collection-unit-remove draft      GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
collection-unit-remove draft      POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
collection-unit-remove submitted  POST   sign-in 403     404     403     403     403     403     403     404     404     404     404     404     404     404     404     404
collection-fill  draft      GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
collection-fill  draft      POST   sign-in ok      404     403     ok      403     403     403     404     404     404     404     404     404     404     404     404
collection-fill  submitted  POST   sign-in 403     404     403     403     403     403     403     404     404     404     404     404     404     404     404     404
collection-sheet draft      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
collection-sheet accepted   GET    sign-in ok      403     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
collection-sheet draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
people           -          GET    sign-in 403     403     403     403     ok      403     403     ok      403     403     403     ok      403     ok      403     403
people           -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
people-organisation -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
people-organisation -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
person           -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
person           -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
people-organisation-add -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
people-organisation-add -          POST   sign-in 404     404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
people-organisation-edit -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
people-organisation-edit -          POST   sign-in 404     404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
person-add       -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
person-add       -          POST   sign-in 404     404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
person-edit      -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
person-edit      -          POST   sign-in 404     404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
person-lock      -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
person-lock      -          POST   sign-in 404     404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
role-add         -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
role-add         -          POST   sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
role             -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
role             -          POST   sign-in 404     404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
role-deputy      -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
role-deputy      -          POST   sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
person-unlock    -          GET    sign-in 404     404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
person-unlock    -          POST   sign-in 404     404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
tasks            -          GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
tasks            -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
assessments      -          GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
assessments      -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
assignments      draft      GET    sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
assignments      draft      POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
assignments-store draft      GET    sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
assignments-store draft      POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
assignments-upload draft      GET    sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
assignments-upload draft      POST   sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
assignments-file draft      GET    sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
assignments-file draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
assignments-from draft      GET    sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
assignments-from draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
contribution     draft      GET    sign-in done    404     done    done    done    done    done    404     404     404     404     404     404     404     404     404
contribution     draft      POST   sign-in 403     404     done    403     403     403     403     404     404     404     404     404     404     404     404     404
contribution     submitted  POST   sign-in 403     404     403     403     403     403     403     404     404     404     404     404     404     404     404     404
contribution     accepted   GET    sign-in done    403     done    done    done    done    done    404     404     404     404     404     404     404     404     404
contribution     accepted   POST   sign-in 403     403     403     403     403     403     403     404     404     404     404     404     404     404     404     404
contribution-draft draft      GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
contribution-draft draft      POST   sign-in 403     404     ok      403     403     403     403     404     404     404     404     404     404     404     404     404
contribution-draft accepted   POST   sign-in 403     403     403     403     403     403     403     404     404     404     404     404     404     404     404     404
contribution-revision draft      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
contribution-revision accepted   GET    sign-in ok      403     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
contribution-revision draft      POST   sign-in 403     404     done    403     403     403     403     404     404     404     404     404     404     404     404     404
contribution-revision accepted   POST   sign-in 403     403     403     403     403     403     403     404     404     404     404     404     404     404     404     404
response-comment draft      GET    sign-in done    404     done    done    done    done    done    404     404     404     404     404     404     404     404     404
response-comment draft      POST   sign-in done    404     done    done    done    done    403     404     404     404     404     404     404     404     404     404
response-comment accepted   GET    sign-in done    403     done    done    done    done    done    404     404     404     404     404     404     404     404     404
response-comment accepted   POST   sign-in done    403     done    done    done    done    403     404     404     404     404     404     404     404     404     404
response-draft draft      GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
response-draft draft      POST   sign-in ok      404     403     ok      403     403     403     404     404     404     404     404     404     404     404     404
response-draft submitted  POST   sign-in 403     404     403     403     403     403     403     404     404     404     404     404     404     404     404     404
response-draft accepted   POST   sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
response-presence draft      GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
response-presence draft      POST   sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
response-presence accepted   POST   sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
sign-in-again    -          GET    ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
sign-in-again    -          POST   409     409     409     409     409     409     409     409     409     409     409     409     409     409     409     409     409
people-import    -          GET    sign-in 403     403     403     403     ok      403     403     ok      403     403     403     ok      403     ok      403     403
people-import    -          POST   sign-in 403     403     403     403     ok      403     403     ok      403     403     403     ok      403     ok      403     403
people-passwords -          GET    sign-in 403     403     403     403     ok      403     403     ok      403     403     403     ok      403     ok      403     403
people-passwords -          POST   sign-in 403     403     403     403     ok      403     403     ok      403     403     403     ok      403     ok      403     403
people-import-preview -          GET    sign-in 403     403     403     403     done    403     403     done    403     403     403     done    403     done    403     403
people-import-preview -          POST   sign-in 403     403     403     403     done    403     403     done    403     403     403     done    403     done    403     403
people-template  -          GET    sign-in 403     403     403     403     ok      403     403     ok      403     403     403     ok      403     ok      403     403
people-template  -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
people-file      -          GET    sign-in 403     403     403     403     ok      403     403     ok      403     403     403     ok      403     ok      403     403
people-file      -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
person-sign-in-lock -          GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
person-sign-in-lock -          POST   sign-in 404     404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
api:me           -          GET    401     ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
api:me           -          POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:frameworks   -          GET    401     ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
api:frameworks   -          POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:framework    published  GET    401     ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
api:framework    draft      GET    401     404     404     404     404     404     404     404     404     ok      ok      ok      404     404     404     404     404
api:framework    consulting GET    401     ok      ok      ok      ok      ok      ok      ok      404     ok      ok      ok      404     404     ok      ok      404
api:cycles       -          GET    401     ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
api:cycles       -          POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:cycle        -          GET    401     ok      ok      ok      ok      ok      ok      ok      404     ok      ok      ok      404     404     ok      ok      404
api:cycle        -          POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:assessments  -          GET    401     ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
api:assessments  -          POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:assessment   draft      GET    401     ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
api:assessment   draft      POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:report-files draft      GET    401     403     403     403     403     ok      ok      ok      404     404     404     404     404     404     404     404     404
api:report-files draft      POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:report-file  draft      GET    401     403     403     403     403     ok      ok      ok      404     404     404     404     404     404     404     404     404
api:report-file  draft      POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:responses    -          GET    401     ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
api:responses    -          POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:response     draft      GET    401     ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
api:response     accepted   GET    401     ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
api:response     draft      POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:response     draft      PUT    401     ok      404     403     ok      403     403     403     404     404     404     404     404     404     404     404     404
api:response     submitted  PUT    401     403     404     403     403     403     403     403     404     404     404     404     404     404     404     404     404
api:response     accepted   PUT    401     403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
api:response     draft      PATCH  401     ok      404     403     ok      403     403     403     404     404     404     404     404     404     404     404     404
api:response     accepted   PATCH  401     403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
api-schema       -          GET    401     ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
api-schema       -          POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api-docs         -          GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
api-docs         -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
tokens           -          GET    sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
tokens           -          POST   sign-in ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
token-revoke     -          GET    sign-in ok      404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
token-revoke     -          POST   sign-in done    404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
evidence-archive draft      GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence-archive draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-archive-file draft      GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence-archive-file draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
offline          draft      GET    sign-in ok      ok      ok      ok      ok      403     403     404     404     404     404     404     404     404     404     404
offline          draft      POST   sign-in ok      ok      ok      ok      ok      403     403     404     404     404     404     404     404     404     404     404
offline-file     draft      GET    sign-in ok      done    ok      ok      ok      403     403     404     404     404     404     404     404     404     404     404
offline-file     draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
offline-file     accepted   GET    sign-in ok      done    ok      ok      ok      403     403     404     404     404     404     404     404     404     404     404
offline-preview  draft      GET    sign-in done    done    done    done    done    403     403     404     404     404     404     404     404     404     404     404
offline-preview  draft      POST   sign-in done    done    done    done    done    403     403     404     404     404     404     404     404     404     404     404
response-evidence draft      GET    sign-in done    404     done    done    done    done    done    404     404     404     404     404     404     404     404     404
response-evidence draft      POST   sign-in done    404     done    done    403     403     403     404     404     404     404     404     404     404     404     404
response-evidence submitted  POST   sign-in 403     404     403     403     403     403     403     404     404     404     404     404     404     404     404     404
response-evidence accepted   GET    sign-in done    done    done    done    done    done    done    404     404     404     404     404     404     404     404     404
response-evidence accepted   POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
response-evidence-choose draft      GET    sign-in ok      404     ok      ok      403     403     403     404     404     404     404     404     404     404     404     404
response-evidence-choose accepted   GET    sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
response-evidence-choose draft      POST   sign-in ok      404     ok      ok      403     403     403     404     404     404     404     404     404     404     404     404
response-evidence-choose accepted   POST   sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
response-evidence-reference draft      GET    sign-in ok      404     ok      ok      403     403     403     404     404     404     404     404     404     404     404     404
response-evidence-reference accepted   GET    sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
response-evidence-reference draft      POST   sign-in done    404     done    done    403     403     403     404     404     404     404     404     404     404     404     404
response-evidence-reference accepted   POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
evidence-use     draft      GET    sign-in ok      404     403     ok      403     403     403     404     404     404     404     404     404     404     404     404
evidence-use     accepted   GET    sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
evidence-use     draft      POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
evidence-use     accepted   POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
evidence-use-remove draft      GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-use-remove draft      POST   sign-in done    404     403     done    403     403     403     404     404     404     404     404     404     404     404     404
evidence-use-remove accepted   POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
evidence-upload  draft      GET    sign-in done    done    done    done    done    done    done    404     404     404     404     404     404     404     404     404
evidence-upload  draft      POST   sign-in done    done    done    done    done    403     403     404     404     404     404     404     404     404     404     404
evidence-describe draft      GET    sign-in done    404     done    done    done    done    done    404     404     404     404     404     404     404     404     404
evidence-describe draft      POST   sign-in done    404     403     done    done    403     403     404     404     404     404     404     404     404     404     404
evidence-describe accepted   POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
evidence-page    draft      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence-page    accepted   GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence-page    draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-picture draft      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence-picture accepted   GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence-picture draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-library draft      GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence-library draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-add     draft      GET    sign-in ok      ok      ok      ok      ok      403     403     404     404     404     404     404     404     404     404     404
evidence-add     draft      POST   sign-in ok      ok      ok      ok      ok      403     403     404     404     404     404     404     404     404     404     404
evidence         draft      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence         accepted   GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence         draft      POST   sign-in done    404     403     done    done    403     403     404     404     404     404     404     404     404     404     404
evidence         submitted  POST   sign-in 403     404     403     403     done    403     403     404     404     404     404     404     404     404     404     404
evidence         accepted   POST   sign-in 403     403     403     403     done    403     403     404     404     404     404     404     404     404     404     404
evidence-revise  draft      GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-revise  draft      POST   sign-in ok      404     403     ok      ok      403     403     404     404     404     404     404     404     404     404     404
evidence-revise  accepted   POST   sign-in 403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
evidence-remove  draft      GET    sign-in ok      404     403     ok      ok      403     403     404     404     404     404     404     404     404     404     404
evidence-remove  draft      POST   sign-in done    404     403     done    done    403     403     404     404     404     404     404     404     404     404     404
evidence-remove  submitted  POST   sign-in 403     404     403     403     done    403     403     404     404     404     404     404     404     404     404     404
evidence-put-back draft      GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-put-back draft      POST   sign-in done    404     403     done    done    403     403     404     404     404     404     404     404     404     404     404
evidence-put-back submitted  POST   sign-in 403     404     403     403     done    403     403     404     404     404     404     404     404     404     404     404
evidence-file    draft      GET    sign-in ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence-file    accepted   GET    sign-in ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
evidence-file    draft      POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-erasures -          GET    sign-in 403     403     403     403     ok      403     403     ok      403     403     403     ok      403     ok      403     403
evidence-erasures -          POST   sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-erase   -          GET    sign-in 404     404     404     404     ok      404     404     ok      404     404     404     ok      404     404     404     404
evidence-erase   -          POST   sign-in 404     404     404     404     done    404     404     done    404     404     404     done    404     404     404     404
evidence-erasure-confirm -          GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-erasure-confirm -          POST   sign-in 404     404     404     404     403     404     404     done    404     404     404     done    404     404     404     404
evidence-erasure-take-back -          GET    sign-in 405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
evidence-erasure-take-back -          POST   sign-in 404     404     404     404     done    404     404     403     404     404     404     403     404     404     404     404
api:evidence-list -          GET    401     ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok      ok
api:evidence-list -          POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:evidence-add draft      GET    401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:evidence-add draft      POST   401     400     400     400     400     400     403     403     404     404     404     404     404     404     404     404     404
api:evidence     draft      GET    401     ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
api:evidence     accepted   GET    401     ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
api:evidence     draft      PATCH  401     ok      404     403     ok      ok      403     403     404     404     404     404     404     404     404     404     404
api:evidence     accepted   PATCH  401     403     403     403     403     ok      403     403     404     404     404     404     404     404     404     404     404
api:evidence-files draft      GET    401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
api:evidence-files draft      POST   401     400     404     403     400     400     403     403     404     404     404     404     404     404     404     404     404
api:evidence-files accepted   POST   401     403     403     403     403     400     403     403     404     404     404     404     404     404     404     404     404
api:evidence-file draft      GET    401     ok      404     ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
api:evidence-file accepted   GET    401     ok      ok      ok      ok      ok      ok      ok      404     404     404     404     404     404     404     404     404
api:evidence-file draft      POST   401     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405     405
"""  # noqa: E501 - a table is read across


class Row(NamedTuple):
    """One route (its path where it has no name, ``admin:*`` for all of the admin), the state of the item or
    the step that is tried, and the method."""

    route: str
    state: str
    method: str
    answers: dict[str, str]


def _row(line: str) -> Row:
    route, state, method, *answers = line.split()
    return Row(route, state, method, dict(zip(PERSONAS, answers, strict=True)))


TABLE = [_row(line) for line in _TABLE.strip().splitlines()[1:]]

"""A department's items as one workbook (离线填报表): filled in without a connection, and taken in again.

:mod:`~assessments.offline.listing` says which items are a person's,
:mod:`~assessments.offline.writing` writes them, :mod:`~assessments.offline.reading` takes the cells out of a
file, :mod:`~assessments.offline.planning` compares them with what was downloaded and with what is stored now,
:mod:`~assessments.offline.storing` stores all of it or nothing.

A row carries a signed mark (:mod:`~assessments.offline.marks`): which answer it is about, and a seal of what
stood in each of its cells. So it is known without any file of the past what was changed in the workbook, and
what by somebody else meanwhile. A mark gives no access: what it names is looked for among the person's own.
"""

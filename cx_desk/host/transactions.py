"""How a job's transactions see others: READ COMMITTED for jobs that take rows from a queue."""

from contextlib import contextmanager

import frappe


@contextmanager
def read_committed():
	"""Transactions within see what others have committed, and lock rows but no gaps between them.

	Under the host's REPEATABLE READ, locking the rows that are due also locks the gap in which a ticket's save wants
	to put the next one: the save would wait for the job. Starts and ends with a commit of what is open.
	"""
	_set("READ COMMITTED")
	try:
		yield
	finally:
		_set("REPEATABLE READ")


def begin_anew() -> None:
	"""Forget what this request has read so far, before it locks a row: under the host's REPEATABLE READ the first read
	of a transaction decides what all later ones see, and one made before the lock would not see the other tab's answer.

	For requests that have written nothing yet. Outside of a request, where the caller may have written something, and in
	tests, which take back what they wrote, it does nothing.
	"""
	if not getattr(frappe.local, "request", None) or frappe.flags.in_test:
		return
	if frappe.db.transaction_writes:
		frappe.db.rollback()
	else:
		# A new transaction ends the one that only read: one statement instead of the host's two.
		frappe.db.begin()


def keep() -> None:
	"""Commit what a request has written, so that the locks on counts do not last while its page is drawn.

	Only the database's commit: what others wait for until then runs with the host's own, at the end of the request.
	Does nothing in tests, which take back what they wrote.
	"""
	if not frappe.flags.in_test:
		frappe.db.sql("commit")  # allowed: an answer stands whatever becomes of the page


def _set(level: str) -> None:
	frappe.db.commit()  # allowed: a level holds for whole transactions
	frappe.db.sql(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")  # allowed: no builder for it
	frappe.db.commit()  # allowed: the next transaction begins with it

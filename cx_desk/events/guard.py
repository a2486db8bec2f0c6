"""What every handler on a host document runs inside.

A handler of ours must never break the host's own save. Ordinary errors are logged, their partial writes
are undone to a savepoint, and the save goes on. Deadlocks and time-outs are the exception: MariaDB has then
already rolled the whole transaction back, and a swallowed one would let the host commit an empty save.
"""

from collections.abc import Callable
from functools import partial, wraps

import frappe

from cx_desk.host import error_log


def reads_only(doc) -> bool:
	"""For `guarded(writes=...)`: the handler changes the document in memory and nothing in the database."""
	return False


def one_statement(doc) -> bool:
	"""For `guarded(writes=...)`: all the handler writes is one statement, and nothing of ours comes after it.

	The database undoes a statement that fails, whole; a savepoint around it would undo nothing more.
	"""
	return False


def guarded(handler: Callable | None = None, *, writes: Callable | None = None) -> Callable:
	"""Run a doc_events handler so that its failure does not fail the host's save.

	Errors of the handler are written to the Error Log with the document's name; `QueryDeadlockError` and
	`QueryTimeoutError` are raised again, because the transaction they belong to is already lost.
	writes: tells of a document whether the handler will write. Only then is there something to undo, and a
	savepoint costs the save two round trips to the database; by default there always is one.
	"""
	if handler is None:
		return partial(guarded, writes=writes)

	savepoint = f"cx_{handler.__name__}"

	@wraps(handler)
	def run(doc, method=None, *args, **kwargs):
		saved = writes is None or writes(doc)
		if saved:
			frappe.db.savepoint(savepoint)
		try:
			handler(doc, method, *args, **kwargs)
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			raise
		except Exception:
			if saved:
				frappe.db.rollback(save_point=savepoint)
			error_log.log(
				f"CX Desk: {handler.__module__}.{handler.__name__}",
				reference_doctype=doc.doctype,
				reference_name=doc.name,
			)
		else:
			if saved:
				frappe.db.release_savepoint(savepoint)

	return run

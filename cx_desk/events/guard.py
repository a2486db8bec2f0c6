"""What every handler on a host document runs inside.

A handler of ours must never break the host's own save. Ordinary errors are logged, their partial writes
are undone to a savepoint, and the save goes on. Deadlocks and time-outs are the exception: MariaDB has then
already rolled the whole transaction back, and a swallowed one would let the host commit an empty save.
"""

from collections.abc import Callable
from functools import wraps

import frappe


def guarded(handler: Callable) -> Callable:
	"""Run a doc_events handler so that its failure does not fail the host's save.

	Errors of the handler are written to the Error Log with the document's name; `QueryDeadlockError` and
	`QueryTimeoutError` are raised again, because the transaction they belong to is already lost.
	"""

	savepoint = f"cx_{handler.__name__}"

	@wraps(handler)
	def run(doc, method=None, *args, **kwargs):
		frappe.db.savepoint(savepoint)
		try:
			handler(doc, method, *args, **kwargs)
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			raise
		except Exception:
			frappe.db.rollback(save_point=savepoint)
			frappe.log_error(
				title=f"CX Desk: {handler.__module__}.{handler.__name__}",
				reference_doctype=doc.doctype,
				reference_name=doc.name,
			)
		else:
			frappe.db.release_savepoint(savepoint)

	return run

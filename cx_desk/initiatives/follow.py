"""What time does to initiatives: tickets and list entries that are done, mails that arrive, weeks of early life support that end."""

import frappe

from cx_desk.initiatives import benefits, considerations, news, support


def run() -> None:
	"""Each part by itself: what fails is logged and does not hold up the rest."""
	for part in (
		considerations.follow_work,
		news.follow_delivery,
		benefits.refresh_states,
		support.weekly,
	):
		savepoint = f"cx_{part.__name__}"
		frappe.db.savepoint(savepoint)
		try:
			part()
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			raise
		except Exception:
			frappe.db.rollback(save_point=savepoint)
			frappe.log_error(title=f"CX Desk: {part.__module__}.{part.__name__}")

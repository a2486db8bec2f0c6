"""Errors in the host's Error Log, without the values that were at hand.

The host writes every local variable beside the traceback: tokens and one-time codes beside the addresses they were
sent to, words of a confidential answer. System Managers read that log, and they read no answers.
"""

import frappe


def log(title: str, **about) -> None:
	"""Write down the error that is being handled: what it says and where it was. about: reference_doctype and so on."""
	frappe.log_error(title=" ".join(title.split())[:140], message=frappe.get_traceback(), **about)

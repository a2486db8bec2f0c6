"""The host's requests about personal data: deletion takes our records with it, a download gets a file of ours.

What does the work is imported there: every worker loads this module, and such a request comes once in months.
"""


def after_deletion(doc, method=None):
	"""When the host has finished its own part. Not guarded: an erasure that fails must be seen to fail."""
	if doc.status == "Deleted" and not doc.flags.cx_erased:
		from cx_desk.units import erasure

		doc.flags.cx_erased = True
		erasure.erase_after_host(doc)


def after_download_request(doc, method=None):
	"""Beside the host's file a second one, with what CX Desk stores, and a mail with its link."""
	from cx_desk.units import personal_copy

	personal_copy.send(doc)

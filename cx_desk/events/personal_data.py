"""The host's requests about personal data: deletion takes our records with it, a download gets a file of ours."""

from cx_desk.units import erasure, personal_copy


def after_deletion(doc, method=None):
	"""When the host has finished its own part. Not guarded: an erasure that fails must be seen to fail."""
	if doc.status == "Deleted" and not doc.flags.cx_erased:
		doc.flags.cx_erased = True
		erasure.erase_after_host(doc)


def after_download_request(doc, method=None):
	"""Beside the host's file a second one, with what CX Desk stores, and a mail with its link."""
	personal_copy.send(doc)

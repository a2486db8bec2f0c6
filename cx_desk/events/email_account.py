"""Email Account: on a site made for trying, mail stays on the machine."""


def validate(doc, method=None) -> None:
	"""Not guarded on purpose: this one is meant to stop the save."""
	# Every worker loads this module, and no account is saved in most of them.
	from cx_desk.demo import site

	site.refuse_other_hosts(doc)

"""Email Account: on a site made for trying, mail stays on the machine."""

from cx_desk.demo import site


def validate(doc, method=None) -> None:
	"""Not guarded on purpose: this one is meant to stop the save."""
	site.refuse_other_hosts(doc)

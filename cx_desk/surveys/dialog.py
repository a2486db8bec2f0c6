"""The survey's section of the dialog on the ticket."""


def survey_section(ctx) -> dict | None:
	"""Whether this ticket's person was asked and what was answered, for those who may see it."""
	return None

"""What the guest page says of an answer before it is given: who reads it, what is stored, and for how long."""

import frappe
from frappe import _
from frappe.utils import cint

from cx_desk.core import anonymity

NAMED, CONFIDENTIAL, ANONYMOUS = "Named", "Confidential", "Anonymous"


def who_reads(privacy: str | None) -> str:
	"""One sentence: who will know that it was this person who wrote."""
	return {
		CONFIDENTIAL: _(
			"Confidential: only the liaison of your business unit, the deputy and the desk's management see who wrote; all others see counts."
		),
		ANONYMOUS: _(
			"Anonymous: nothing that we store leads from your answer to you, not even for who runs the database."
		),
	}.get(
		privacy or NAMED,
		_(
			"Your name stands beside your answer for those at the service desk who look after your business unit."
		),
	)


def what_is_stored(privacy: str | None, asked: int | None = None) -> list[str]:
	"""The sentences under the form, in the language that is set; true to CX Settings.

	asked: how many people an anonymous survey reached together with this one.
	"""
	settings = frappe.get_cached_doc("CX Settings")
	lines = [who_reads(privacy)]
	if privacy == ANONYMOUS:
		lines.append(_about_anonymous(asked))
	else:
		lines.append(
			_(
				"We store your answer, the moment of it, your mail address as it was asked, and what the question was about."
			)
		)
	lines += _how_long(privacy, cint(settings.comment_months), cint(settings.ledger_months))
	return lines


def what_is_stored_of_anybody() -> list[str]:
	"""The sentences under a form that everybody reaches by a link or a poster."""
	settings = frappe.get_cached_doc("CX Settings")
	lines = [
		_("We do not know who you are: this page is open to everybody who has the link."),
		_(
			"We store your answer, the moment of it, and where the link hangs. Your device keeps one mark, that somebody answered here from it; it says nothing else. Please name nobody in your words unless you want an answer."
		),
	]
	return lines + _how_long(ANONYMOUS, cint(settings.comment_months), 0)


def _about_anonymous(asked: int | None) -> str:
	stored = _(
		"We store what you chose and wrote, the month, and a group of at least {0} people who were asked; no time and no order. Please name nobody in your words. It cannot be changed or taken back later, for nobody can find it."
	).format(anonymity.LEAST_ASKED)
	if asked is not None and asked < anonymity.LEAST_ASKED:
		stored = _(
			"Only {0} people were asked: so few may be recognised by what they write. We store what you chose and wrote, and the month; it cannot be changed or taken back later."
		).format(asked)
	return stored


def _how_long(privacy: str | None, comment_months: int, ledger_months: int) -> list[str]:
	lines = []
	if comment_months:
		lines.append(
			_("Your words are deleted after {0} months, what you chose stays in the counts.").format(
				comment_months
			)
		)
	else:
		lines.append(_("Your words are kept until somebody deletes them."))
	if ledger_months:
		lines.append(_("The record that you were asked is deleted after {0} months.").format(ledger_months))
	if privacy != ANONYMOUS:
		lines.append(_("You can have all of it shown or deleted at any time: reply to our mail."))
	return lines

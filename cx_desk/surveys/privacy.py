"""What the guest page says of an answer before it is given: who reads it, what is stored, and for how long."""

import frappe
from frappe import _
from frappe.utils import cint

from cx_desk.core import anonymity

NAMED, CONFIDENTIAL, ANONYMOUS = "Named", "Confidential", "Anonymous"
# Those that promise more than usual.
PROMISES = (CONFIDENTIAL, ANONYMOUS)


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
				"We store your answer, the moment of it, the address that we asked, and what the question was about."
			)
		)
	lines += _how_long(privacy, cint(settings.comment_months), cint(settings.ledger_months))
	return lines


def what_is_stored_of_anybody(offers_reply: bool = False) -> list[str]:
	"""The sentences under a form that everybody reaches by a link or a poster; with a field for an address or without."""
	settings = frappe.get_cached_doc("CX Settings")
	lines = [
		_("We do not know who you are: this page is open to everybody who has the link."),
		_(
			"We store your answer, the moment of it, and where the link hangs. Your device keeps one mark, that somebody answered here from it; it says nothing else. Please name nobody in your words unless you want an answer."
		),
	]
	if offers_reply:
		lines.append(
			_(
				"A mail address that you give stands with what you wrote, for those who look into it and write back to you, and not with your answer. It is erased when you ask for it."
			)
		)
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


# What CX Settings offered as a note before the page said it by itself.
_OLD_NOTE = "Comments are kept for 24 months, then emptied. Scores are kept as counts."


def own_note(note: str | None) -> str:
	"""What the desk adds in its own words; not what the page says anyway."""
	return "" if (note or "").strip() == _OLD_NOTE else (note or "").strip()


_OPENNESS = {ANONYMOUS: 0, CONFIDENTIAL: 1, NAMED: 2}


def check(survey) -> None:
	"""Refuse a privacy that the survey cannot keep, or that breaks what those were told who have answered."""
	if survey.privacy == ANONYMOUS and survey.kind != "Relationship":
		frappe.throw(
			_(
				"Only a survey about the relationship can be anonymous: many people are asked in one month, and nobody knows who "
				"answered. After a single event there is nobody to hide among; choose Confidential."
			),
			title=_("Not anonymous"),
		)
	if survey.is_new():
		return
	before = frappe.db.get_value("CX Survey", survey.name, "privacy")
	if _OPENNESS.get(survey.privacy, 2) <= _OPENNESS.get(before, 2):
		return
	answered = frappe.db.exists("CX Survey Response", {"survey": survey.name}) or frappe.db.exists(
		"CX Anonymous Response", {"survey": survey.name}
	)
	if answered or frappe.db.exists(
		"CX Survey Invitation", {"survey": survey.name, "queued_at": ["is", "set"]}
	):
		frappe.throw(
			_(
				"People were asked under the promise “{0}”. It cannot be taken back: duplicate the survey and ask anew."
			).format(_(before)),
			title=_("A promise stands"),
		)


def require_a_crowd(survey: str, people: int) -> None:
	"""Refuse to ask so few people anonymously that an answer could be guessed."""
	if (
		frappe.get_cached_value("CX Survey", survey, "privacy") == ANONYMOUS
		and people < anonymity.LEAST_ASKED
	):
		frappe.throw(
			_(
				"{0} people would be asked. An anonymous survey needs at least {1}, for an answer to hide among: choose more units, "
				"or a confidential survey."
			).format(people, anonymity.LEAST_ASKED)
		)

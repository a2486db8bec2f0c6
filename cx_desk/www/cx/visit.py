"""The phone page of a visit, "They said": one sentence and who said it. For people of the desk."""

import frappe
from frappe import _

from cx_desk import __version__
from cx_desk.host.people import is_staff
from cx_desk.immersion import entries

no_cache = 1
no_sitemap = 1


def get_context(context):
	"""The page with the visits that this person can add to; everything else it needs is in its script."""
	user = frappe.session.user
	context.no_cache = 1
	context.version = __version__
	context.lang = frappe.local.lang or "en"
	context.signed_in = user != "Guest"
	context.staff = context.signed_in and is_staff(user)
	context.sample_data = frappe.get_cached_value("CX Settings", "CX Settings", "sample_data")
	if not context.staff:
		frappe.local.cx_status = 403
		return context
	context.user = user
	context.visits = frappe.as_json([_shown(row) for row in entries.visits_of(user)], indent=None)
	context.texts = frappe.as_json(texts(), indent=None)
	return context


def _shown(row) -> dict:
	return {
		"name": row.name,
		"title": row.title,
		"unit": row.unit,
		"state": row.state,
		"when": frappe.utils.format_datetime(row.starts_on, "EEE d MMM, HH:mm"),
		"place": row.place or "",
		"begun": bool(row.started_at),
		"aim": row.aim or "",
		"questions": [line.strip() for line in (row.questions or "").splitlines() if line.strip()],
		"people": row.people,
	}


def texts() -> dict[str, str]:
	"""What the script says."""
	return {
		"sent": _("Sent"),
		"waiting": _("Waits for reception"),
		"sending": _("Is being sent"),
		"refused": _("Not taken"),
		"all_sent": _("Everything is sent."),
		"some_wait": _(
			"Waiting for reception: {0}. Nothing is lost: it is kept on this phone and sent by itself."
		),
		"signed_out": _("You are signed out. Waiting on this phone until you sign in again: {0}."),
		"other_user": _("Written by somebody else on this phone: {0}. It is sent when that person signs in."),
		"no_https": _(
			"This site is not on HTTPS: what you write is kept on this phone, but the page itself cannot be opened "
			"again without reception. Leave it open."
		),
		"no_storage": _("This browser keeps nothing. Leave this page open until everything is sent."),
		"kept": _("Kept."),
		"edit": _("Correct it"),
		"discard": _("Throw it away"),
		"sure": _("Throw this entry away? It was not sent."),
		"failed": _("That did not work."),
		"photo_large": _("This photo is larger than 15 MB. Take it again in a smaller size."),
		"photo_none": _("This is no photo (JPEG, PNG or WebP)."),
		"photo": _("with a photo"),
		"need_words": _("Write one sentence."),
		"need_who": _("Say who said it, or choose “Seen”."),
		"need_address": _("A ticket needs the person's mail address: choose them from the list, or type it."),
		"begun": _("The visit has begun."),
		"ended": _("The visit is finished."),
		"begin": _("Begin"),
		"end": _("Finish"),
		"ticket": _("Ticket"),
	}

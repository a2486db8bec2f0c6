"""What cx-doctor asks of the host: versions, and the switches of Helpdesk's own feedback."""

from dataclasses import dataclass

import frappe
from frappe import _

from cx_desk.host.names import SETTINGS

# As in pyproject.toml, tool.bench.frappe-dependencies; a contract test compares them.
SUPPORTED = {"frappe": ((15, 101, 1), (17,)), "helpdesk": ((1, 25, 1), (2,))}


@dataclass(frozen=True)
class Version:
	"""An app of the host: its version, from which (low) to below which it is supported, and whether it is."""

	app: str
	version: str
	low: str
	below: str
	supported: bool


@dataclass(frozen=True)
class Switch:
	"""A switch of the host's own feedback; clashes when people would be asked twice."""

	title: str
	clashes: bool = False
	to_do: str = ""
	link: str = ""


def versions() -> list[Version]:
	"""The host's apps on this bench."""
	found = []
	for app, (low, below) in SUPPORTED.items():
		version = getattr(frappe.get_module(app), "__version__", "0")
		number = numbers(version)
		found.append(Version(app, version, _dots(low), f"{_dots(below)}.0.0", low <= number < below))
	return found


def numbers(version: str) -> tuple[int, ...]:
	"""The leading numbers of a version: 15.101.1 of "15.101.1-dev"."""
	parts = []
	for part in version.replace("-", ".").replace("+", ".").split("."):
		if not part.isdecimal():
			break
		parts.append(int(part))
	return tuple(parts)


def _dots(parts: tuple[int, ...]) -> str:
	return ".".join(str(part) for part in parts)


def feedback_switches() -> list[Switch]:
	"""Helpdesk's own ways of asking for feedback, each with what it means beside our surveys."""
	settings = frappe.get_cached_doc(SETTINGS)
	link = "/helpdesk"
	found = []
	if settings.get("enable_email_ticket_feedback"):
		found.append(
			Switch(
				_("Helpdesk mails its own feedback request when a ticket is “{0}”").format(
					settings.get("send_email_feedback_on_status") or "Closed"
				),
				True,
				_(
					"Nobody is asked twice: tickets that the host asks about are left out of our surveys. Switch it off in "
					"Helpdesk's settings to have one survey. It also sends inside the save: a mail fault then blocks closing."
				),
				link,
			)
		)
	else:
		found.append(Switch(_("Helpdesk does not mail its own feedback request")))
	if settings.get("is_feedback_mandatory"):
		found.append(
			Switch(
				_(
					"In the portal people must rate before they close a ticket. Such a rating counts as an answer; they "
					"are not asked again"
				)
			)
		)
	else:
		found.append(Switch(_("People may close a ticket in the portal without rating it")))
	return found

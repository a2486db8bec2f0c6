"""The scheduler's jobs: each calls its use cases and notes in CX Settings when it last ran, for cx-doctor."""

import json
from collections.abc import Callable
from functools import wraps

import frappe
from frappe.utils import now_datetime


def noted(job: Callable[[], object]) -> Callable[[], object]:
	"""Run a job and note when, and whether it failed."""

	@wraps(job)
	def run():
		try:
			result = job()
		except Exception as error:
			frappe.db.rollback()
			note(job.__name__, f"{type(error).__name__}: {error}"[:200])
			raise
		note(job.__name__, "")
		return result

	return run


def note(job: str, error: str) -> None:
	"""Keep the moment of a job's last run, and its error. Past the settings' cache, which must not be emptied each minute."""
	value = frappe.db.get_value(
		"Singles", {"doctype": "CX Settings", "field": "last_runs"}, "value", for_update=True, order_by=None
	)
	runs = json.loads(value or "{}")
	entry = {"at": str(now_datetime()), "error": error}
	if not error and (before := runs.get(job)):
		entry["last_error"] = before.get("error") or before.get("last_error") or ""
	runs[job] = entry
	frappe.db.delete("Singles", {"doctype": "CX Settings", "field": "last_runs"})
	frappe.db.bulk_insert(
		"Singles", ["doctype", "field", "value"], [("CX Settings", "last_runs", json.dumps(runs))]
	)
	frappe.db.commit()  # allowed: the note stands whatever comes next


@noted
def cx_ask_due() -> None:
	"""Decide the ledger rows that are due and queue their mails."""
	from cx_desk.surveys import decide, waves

	decide.decide_due()
	waves.remind()


@noted
def cx_act_on_answers() -> None:
	"""Turn answers that need somebody into voices, and those of yearly reviews into what stands beside the wants."""
	from cx_desk.relationship import wants
	from cx_desk.surveys import acting, acting_rules

	acting.act_on_answers()
	acting_rules.escalate()
	wants.take_answers()


@noted
def cx_tell_hooks() -> None:
	"""Tell the host's webhooks and notifications of invitations and answers."""
	from cx_desk.surveys import announcing

	announcing.tell_changes()


@noted
def cx_follow_delivery() -> None:
	"""Copy what became of the mails into the ledger; codes of anonymous surveys do not outlive their sending."""
	from cx_desk.core import ledger
	from cx_desk.surveys import anonymous, delivery

	delivery.withdraw_changed([ledger.QUEUED])
	delivery.follow()
	anonymous.forget_codes()
	frappe.db.commit()  # allowed: what was forgotten is


@noted
def cx_take_sources() -> None:
	"""Ask survey tools outside that are due, and turn what came in into responses."""
	from cx_desk.surveys import sources

	sources.fetch_due()
	sources.take_waiting()


@noted
def cx_reconcile() -> None:
	"""Add ledger rows that a logged error left out, close links that are over, give every voice an enabled owner."""
	from cx_desk.surveys import acting_rules, delivery, reconcile
	from cx_desk.units import tickets, voice_owners

	reconcile.add_missing()
	tickets.reconcile_moves()
	voice_owners.adopt_orphans()
	delivery.withdraw_changed()
	delivery.expire()
	acting_rules.act_on_targets()


@noted
def cx_nightly() -> None:
	"""Views of liaisons whose time began or ended, anonymous answers, snapshots of distinct people, and retention."""
	from cx_desk.surveys import anonymous, retention, rollups, sources
	from cx_desk.units import assignments

	assignments.refresh_all_views()
	anonymous.nightly()
	frappe.db.commit()  # allowed: a batch of anonymous answers enters the counts as a whole
	rollups.take_snapshots()
	frappe.db.commit()  # allowed: the snapshots stand whatever retention does
	retention.apply()
	sources.empty_old_contents()


@noted
def cx_monday_mail() -> None:
	"""The Monday mail to managers and liaisons."""
	from cx_desk.units import monday_mail

	monday_mail.send()


@noted
def cx_look_at_units() -> None:
	"""Once a week: lights and signals of every unit, experience targets; each night: our figures beside the wants."""
	from cx_desk.relationship import lights, signals, wants
	from cx_desk.surveys import targets

	lights.write_week()
	frappe.db.commit()  # allowed: the lights stand whatever comes next
	signals.look_once_a_week()
	frappe.db.commit()  # allowed: the look stands whatever comes next
	wants.refresh()
	frappe.db.commit()  # allowed: the wants stand whatever comes next
	targets.look_once_a_week()


@noted
def cx_follow_initiatives() -> None:
	"""Tickets of considerations, delivery of news, benefits whose day has come; once a week early life support."""
	from cx_desk.initiatives import follow

	follow.run()

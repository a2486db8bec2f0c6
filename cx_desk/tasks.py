"""The scheduler's jobs: each calls its use cases and notes in CX Settings when it last ran, for cx-doctor.

The parts of a job run each for itself: one that fails is taken back and logged, and keeps no other from running.
"""

import json
from collections.abc import Callable
from functools import wraps

import frappe
from frappe.utils import now_datetime

from cx_desk.host import error_log


def noted(job: Callable[[], object]) -> Callable[[], object]:
	"""Run a job and note when, and whether it failed."""

	@wraps(job)
	def run():
		result, failed = None, ""
		try:
			result = job()
		except JobFailed as error:
			failed = str(error)
		except Exception as error:
			frappe.db.rollback()
			error_log.log(f"CX Desk: {job.__name__}")
			failed = in_words(error)
		note(job.__name__, failed[:200])
		if failed:
			raise JobFailed(failed)
		return result

	return run


class JobFailed(Exception):
	"""A job failed, and its error is logged. Raised without the error itself: the host would log its variables."""


def in_words(error: Exception) -> str:
	"""What kind of error it is and what it says."""
	return f"{type(error).__name__}: {error}"


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


def run_each(*parts: Callable[[], object]) -> None:
	"""Run the parts of a job in order, each whole or not at all; the first error is raised when all have run."""
	first = ""
	for part in parts:
		try:
			part()
		except Exception as error:
			first = first or in_words(error)
			frappe.db.rollback()
			error_log.log(f"CX Desk: {part.__module__}.{part.__qualname__}")
		frappe.db.commit()  # allowed: a part stands whatever the next one does
	if first:
		raise JobFailed(first)


@noted
def cx_ask_due() -> None:
	"""Decide the ledger rows that are due and queue their mails."""
	from cx_desk.surveys import decide, waves

	run_each(decide.decide_due, waves.remind)


@noted
def cx_act_on_answers() -> None:
	"""Turn answers that need somebody into voices, and those of yearly reviews into what stands beside the wants."""
	from cx_desk.relationship import wants
	from cx_desk.surveys import acting, acting_rules

	run_each(acting.act_on_answers, acting_rules.escalate, wants.take_answers)


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

	def withdraw_queued():
		delivery.withdraw_changed([ledger.QUEUED])

	run_each(withdraw_queued, delivery.follow, anonymous.forget_codes)


@noted
def cx_take_sources() -> None:
	"""Ask survey tools outside that are due, and turn what came in into responses."""
	from cx_desk.surveys import sources

	run_each(sources.fetch_due, sources.take_waiting)


@noted
def cx_reconcile() -> None:
	"""Add ledger rows that a logged error left out, close links that are over, give every voice an enabled owner."""
	from cx_desk.surveys import acting_rules, delivery, reconcile
	from cx_desk.units import tickets, voice_owners

	run_each(
		reconcile.add_missing,
		tickets.reconcile_moves,
		voice_owners.adopt_orphans,
		delivery.withdraw_changed,
		delivery.expire,
		acting_rules.act_on_targets,
	)


@noted
def cx_nightly() -> None:
	"""Views of liaisons whose time began or ended, anonymous answers, snapshots of distinct people, and retention."""
	from cx_desk.surveys import anonymous, retention, rollups, sources
	from cx_desk.units import assignments

	run_each(
		assignments.refresh_all_views,
		anonymous.nightly,
		rollups.take_snapshots,
		retention.apply,
		sources.empty_old_contents,
	)


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

	run_each(lights.write_week, signals.look_once_a_week, wants.refresh, targets.look_once_a_week)


@noted
def cx_look_at_visits() -> None:
	"""Judge visits whose weeks after are over, make up for missed repeats, work out who knows which unit."""
	from cx_desk.immersion import effects, knowledge, recurring

	run_each(effects.work_out_due, recurring.catch_up, knowledge.work_out)


@noted
def cx_follow_initiatives() -> None:
	"""Tickets of considerations, delivery of news, benefits whose day has come; once a week early life support."""
	from cx_desk.initiatives import benefits, considerations, news, support

	run_each(considerations.follow_work, news.follow_delivery, benefits.refresh_states, support.weekly)

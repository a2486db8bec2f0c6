"""A real log of incidents under five rules at once: the ledger accounts for every event, and nobody is over a limit.

Forty incidents by default; with CX_LONG=1 five thousand, which takes the better part of an hour.
"""

import os
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import getdate, now_datetime

from cx_desk.core import ledger, survey_policy
from cx_desk.demo import loader, log, memory, removal
from cx_desk.demo.company import Company
from cx_desk.demo.replay import Replay
from cx_desk.surveys import decide, ledger_check, shipped, triggers

COUNT = int(os.environ.get("CX_INCIDENTS") or (5000 if os.environ.get("CX_LONG") else 40))
COOLDOWN, YEARLY, UNIT_BUDGET, UNIT_DAYS = 10, 3, 25, 14
MARK = "Replayed: "


class TestSurveyReplayed(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		if memory.is_there():
			removal.remove()
		frappe.db.commit()
		everything = log.read()
		chosen = log.choose(everything, COUNT)
		shift = loader._shift()
		cls.incidents = [log.move(incident, shift) for incident in chosen]
		cls.since = min(incident.opened for incident in cls.incidents)
		Company(everything, chosen, cls.since.date()).make()
		cls.before = {
			field: frappe.db.get_single_value("CX Settings", field)
			for field in ("cooldown_days", "yearly_budget", "unit_budget", "unit_budget_days")
		}
		kit.settings(
			cooldown_days=COOLDOWN,
			yearly_budget=YEARLY,
			unit_budget=UNIT_BUDGET,
			unit_budget_days=UNIT_DAYS,
		)
		cls.make_rules()
		frappe.db.commit()
		memory.note("replaying", "1")
		cls.asked = []
		# In test mode the host keeps no record of changes, and the ledger check reads it.
		with (
			patch.object(frappe.local, "flags", frappe._dict(frappe.flags, in_test=False)),
			patch.object(decide, "decide_rows", cls.noting(decide.decide_rows)),
		):
			cls.happened = Replay(cls.incidents, now_datetime()).run()
		memory.forget("note:replaying")
		frappe.db.commit()
		cls.rows = frappe.get_all(
			"CX Survey Invitation",
			filters={"event_at": [">=", cls.since]},
			fields=["*"],
			limit_page_length=0,
		)

	@classmethod
	def tearDownClass(cls):
		frappe.db.rollback()
		frappe.db.delete("CX Survey Invitation", {"trigger": ["like", f"{MARK}%"]})
		for name in frappe.get_all("CX Survey Trigger", {"name": ["like", f"{MARK}%"]}, pluck="name"):
			frappe.delete_doc("CX Survey Trigger", name, force=True)
		kit.settings(**cls.before)
		removal.remove()
		frappe.db.commit()
		super().tearDownClass()

	@classmethod
	def noting(cls, decide_rows):
		"""Note who was asked, of which unit, when: a ticket may go to another unit afterwards, and its row with it."""

		def run(rows, now):
			decisions = decide_rows(rows, now)
			cls.asked += [
				(row.name, row.recipient, row.unit, now)
				for row in rows
				if decisions[row.name].action == survey_policy.ASK and not row.is_test
			]
			return decisions

		return run

	@classmethod
	def make_rules(cls):
		"""Beside the shipped trigger, which asks everybody: four that overlap with it and with each other."""
		teams = Counter(change.group for incident in cls.incidents for change in incident.changes)
		team = next(
			name
			for name in frappe.get_all("HD Team", pluck="name", order_by="name asc")
			if any(group and group in name for group, _count in teams.most_common(20))
		)
		unit = frappe.get_all(
			"CX Business Unit",
			filters={"is_group": 1, "parent_cx_business_unit": ["is", "set"]},
			pluck="name",
			order_by="name asc",
		)[0]
		for name, values in (
			("team, half of it", {"filters": [{"kind": "HD Team", "value": team}], "sample_percent": 50}),
			(
				"by priority, a day later",
				{"conditions": '[["HD Ticket", "priority", "in", ["High", "Urgent"]]]', "delay_hours": 24},
			),
			(
				"a branch, its contacts, until ten answered",
				{
					"filters": [{"kind": "CX Business Unit", "value": unit}],
					"respondent": "Contact",
					"quota": 10,
				},
			),
			(
				"failed agreements, people that matter",
				{
					"conditions": '[["HD Ticket", "agreement_status", "=", "Failed"]]',
					"respondent": "People that matter",
				},
			),
		):
			doc = frappe.get_doc(
				{
					"doctype": "CX Survey Trigger",
					"trigger_name": MARK + name,
					"survey": shipped.TICKET_SURVEY,
					"enabled": 1,
					"event": "Ticket resolved",
					"audience": "Only where the rows below match" if "filters" in values else "Everyone",
					"sample_percent": 100,
					**values,
				}
			).insert()
			doc.db_set("enabled_since", cls.since)
		cls.name_people()
		triggers.forget()

	@classmethod
	def name_people(cls):
		"""Two people that matter on every unit right below the root."""
		contacts = frappe.get_all(
			"Contact Email", {"email_id": ["like", "%.example"]}, pluck="parent", limit=40
		)
		root = frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ["is", "not set"]})
		units = frappe.get_all(
			"CX Business Unit", {"parent_cx_business_unit": root, "is_unassigned": 0}, pluck="name"
		)
		for number, unit in enumerate(sorted(units)):
			doc = frappe.get_doc("CX Business Unit", unit)
			for role, contact in zip(("Sponsor", "Key user"), contacts[2 * number :], strict=False):
				doc.append("people", {"contact": contact, "role": role})
			doc.save()

	def test_no_job_failed_on_the_way(self):
		self.assertFalse([what for what in self.happened if what.startswith("FAILED")])

	def test_the_ledger_accounts_for_every_event_under_every_rule(self):
		accounts = [one for one in ledger_check.examine() if one.rows or one.eligible]
		for account in accounts:
			self.assertTrue(account.clean, account)
		self.report(accounts)
		self.assertGreaterEqual(len(accounts), 3)
		whole = next(one for one in accounts if one.trigger == shipped.TICKET_TRIGGER)
		resolutions = sum(
			frappe.get_all(
				"HD Ticket",
				filters={"name": ["in", self.tickets()], "is_merged": 0},
				pluck="cx_resolution_no",
			)
		)
		self.assertEqual(whole.eligible, resolutions)

	def tickets(self) -> list[str]:
		return [text.split(" ", 1)[1] for text in memory.remembered("note:incident")]

	def report(self, accounts) -> None:
		"""With -s: the figures."""
		print(f"\n{len(self.incidents):,} incidents, {len(self.rows):,} rows of the ledger")
		for one in accounts:
			reasons = ", ".join(f"{reason} {count:,}" for reason, count in one.reasons.most_common())
			statuses = {
				status: count
				for status, count in sorted(one.statuses.items())
				if status not in (ledger.SUPPRESSED, ledger.WITHDRAWN)
			}
			print(
				f"  {one.trigger}: {one.eligible:,} eligible, difference {one.difference}; {statuses}; {reasons}"
			)

	def moments_by(self, place: int) -> dict[str, list]:
		"""When each person (1) or unit (2) was asked, in order of time."""
		found = defaultdict(list)
		for one in self.asked:
			found[one[place]].append(one[3])
		return {key: sorted(moments) for key, moments in found.items()}

	def test_what_was_noted_is_what_the_ledger_says(self):
		self.assertEqual(len({one[0] for one in self.asked}), len(self.asked))
		queued = {row.name for row in self.rows if row.queued_at}
		self.assertTrue(queued <= {one[0] for one in self.asked})

	def test_nobody_was_asked_too_often(self):
		settled = defaultdict(list)
		for voice in frappe.get_all(
			"CX Voice",
			filters={"state": "Settled", "kind": ["in", ["Low answer", "Not solved"]]},
			fields=["source_email", "settled_at"],
		):
			settled[voice.source_email].append(voice.settled_at)
		people, exempt = self.moments_by(1), 0
		self.assertTrue(people)
		for person, moments in people.items():
			self.assertLessEqual(len(moments), YEARLY)
			for before, after in pairwise(moments):
				if after - before < timedelta(days=COOLDOWN):
					# Who called a complaint settled since may be asked once more.
					self.assertTrue(any(before < at <= after for at in settled[person]), (person, moments))
					exempt += 1
		print(f"\n{exempt} asked again within {COOLDOWN} days, after a complaint was settled")

	def test_no_unit_was_asked_too_often(self):
		now_in = {row.name: row.unit for row in self.rows}
		moved = sum(name in now_in and now_in[name] != unit for name, _who, unit, _at in self.asked)
		print(f"\n{moved} of {len(self.asked)} asked moved to another unit afterwards")
		for unit, moments in self.moments_by(2).items():
			for first in moments:
				within = sum(first <= at <= first + timedelta(days=UNIT_DAYS) for at in moments)
				self.assertLessEqual(within, UNIT_BUDGET, unit)

	def test_every_row_is_decided_or_waits_for_its_time(self):
		self.assertTrue(self.rows)
		for row in self.rows:
			if row.status == ledger.PENDING:
				self.assertGreater(row.due_at.date(), getdate() - timedelta(days=2))
			if row.status in (ledger.SUPPRESSED, ledger.WITHDRAWN):
				self.assertTrue(row.reason)

	def test_each_person_has_one_row_per_event_and_rule(self):
		seen = Counter(
			(row.trigger, row.event_name, row.event_key, row.occurrence, row.respondent_key)
			for row in self.rows
			if row.respondent_key
		)
		self.assertEqual([key for key, count in seen.items() if count > 1], [])

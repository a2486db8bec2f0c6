"""The dry run is what then happens: a season of tickets with the jobs running at their times, beside the dry run of it."""

import os
import random
from collections import Counter
from datetime import datetime, time, timedelta

import survey_kit as kit
import voice_kit
from trigger_kit import TriggerCase

import frappe
from frappe.utils import now_datetime

from cx_desk.core import ledger, survey_policy
from cx_desk.core import survey_events as events
from cx_desk.demo import clock
from cx_desk.surveys import dry_run, ledger_check, triggers

PEOPLE = ("ann", "bob", "cid", "dan", "eve", "fay", "gil", "noreply")
UNITS = ("Surveytest Finance", "Surveytest Legal", "Surveytest Plant")
DAYS = 60
# A season of so many tickets; with CX_LONG four times as many.
SCALE = 4 if os.environ.get("CX_LONG") else 1


class Life:
	"""Tickets that are raised, resolved, opened again and merged, in order of time, with the deciding job between."""

	def __init__(self, seed: int, tickets: int):
		self.chance = random.Random(seed)
		self.real_now = now_datetime()
		self.start = datetime.combine(self.real_now.date() - timedelta(days=DAYS + 10), time(6))
		self.plan = sorted(
			(step for number in range(tickets) for step in self._ticket(number)), key=lambda step: step[:2]
		)
		self.docs: dict[int, str] = {}

	def _ticket(self, number: int):
		at = self.start + timedelta(minutes=self.chance.randrange(DAYS * 24 * 60))
		who, unit = self.chance.choice(PEOPLE), self.chance.choice(UNITS)
		priority = self.chance.choice(["Low", "Medium", "High"])
		yield at, number, "raise", (who, unit, priority)
		for _time in range(self.chance.choice([1, 1, 1, 2, 3])):
			at += timedelta(minutes=self.chance.randrange(30, 3000))
			yield at, number, "resolve", ()
			if self.chance.random() < 0.4:
				at += timedelta(minutes=self.chance.randrange(10, 1500))
				yield at, number, "open", ()
		at += timedelta(minutes=self.chance.randrange(10, 1500))
		if self.chance.random() < 0.15:
			yield at, number, "spam", ()
		elif self.chance.random() < 0.2:
			# Changed after it was closed: what counts is how it was closed.
			yield at, number, "priority", (self.chance.choice(["Low", "Urgent"]),)

	def run(self) -> None:
		with clock.frozen(self.start) as hands:
			for at, number, what, values in self.plan:
				if at > self.real_now:
					break
				self._decide_until(hands, at)
				hands.set(at)
				getattr(self, f"_{what}")(number, *values)
			self._decide_until(hands, self.real_now)

	def _decide_until(self, hands, moment) -> None:
		while due := frappe.get_all(
			"CX Survey Invitation",
			filters={"status": ledger.PENDING, "due_at": ["<=", moment]},
			pluck="due_at",
			order_by="due_at asc",
			limit=1,
		):
			hands.set(due[0])
			kit.run_decisions()

	def _raise(self, number: int, who: str, unit: str, priority: str) -> None:
		doc = kit.ticket(kit.person(who), priority=priority)
		doc.cx_business_unit = unit
		doc.save()
		self.docs[number] = doc.name

	def _save(self, number: int, **values) -> None:
		doc = frappe.get_doc("HD Ticket", self.docs[number])
		doc.update(values)
		# In test mode the host keeps no record of changes unless it is told to.
		doc.save(ignore_version=False)

	def _resolve(self, number: int) -> None:
		self._save(number, status="Resolved")

	def _open(self, number: int) -> None:
		self._save(number, status="Open")

	def _spam(self, number: int) -> None:
		self._save(number, ticket_type="Spam")

	def _priority(self, number: int, priority: str) -> None:
		self._save(number, priority=priority)


class TestSurveyDryRun(TriggerCase):
	def setUp(self):
		super().setUp()
		for name in UNITS:
			voice_kit.unit(name)
		if not frappe.db.exists("HD Ticket Type", "Spam"):
			frappe.get_doc({"doctype": "HD Ticket Type", "name": "Spam"}).insert()
		frappe.db.set_value("CX Business Unit", UNITS[0], "critical_hours", "Mon-Fri 09:00-12:30")
		frappe.db.set_value("CX Business Unit", UNITS[1], "time_zone", "America/New_York")
		frappe.db.set_value("CX Business Unit", UNITS[2], {"critical_hours": "", "survey_budget": 4})
		kit.settings(
			send_from="09:00:00",
			send_until="17:00:00",
			cooldown_days=9,
			yearly_budget=4,
			unit_budget=9,
			unit_budget_days=14,
			drop_after_days=1,
			delay_hours=4,
		)

	def hold(self):
		settings = frappe.get_doc("CX Settings")
		day = now_datetime().date() - timedelta(days=30)
		settings.append(
			"holds",
			{"from_date": day, "to_date": day + timedelta(days=4), "reason": "exam week", "unit": UNITS[1]},
		)
		settings.holds[-1].db_insert()
		frappe.clear_document_cache("CX Settings", "CX Settings")

	def reality(self, trigger) -> dict[str, str]:
		"""What became of each row."""
		return {row.name: "Ask" if row.queued_at else row.reason or row.status for row in self.rows(trigger)}

	def dry(self, trigger) -> dict[str, str]:
		"""What the dry run says of each row."""
		_events, decisions = dry_run.decide_past(triggers.one(trigger.name))
		return {name: decision.reason or decision.action for name, decision in decisions.items()}

	def same(self, trigger) -> Counter:
		"""The dry run beside what happened, row by row; what happened by reason."""
		reality, dry = self.reality(trigger), self.dry(trigger)
		differing = {
			name: (reality.get(name), dry.get(name))
			for name in {*reality, *dry}
			if reality.get(name) != dry.get(name)
		}
		self.assertEqual(differing, {})
		counts = Counter(reality.values())
		run = dry_run.run(trigger.name)
		self.assertEqual(run["would_send"], counts["Ask"])
		self.assertEqual(run["eligible"], sum(counts.values()))
		return counts

	def live(self, seed: int, tickets: int = 60, **values):
		trigger = self.trigger(enabled_since=now_datetime() - timedelta(days=200), delay_hours=0, **values)
		Life(seed, tickets * SCALE).run()
		return trigger

	def test_with_every_limit_in_force(self):
		self.hold()
		trigger = self.live(1, sample_percent=80)
		reality = self.same(trigger)
		# All of these took part, or the comparison says little.
		for reason in (
			"Ask",
			survey_policy.REOPENED,
			survey_policy.COOLDOWN,
			survey_policy.NOT_DRAWN,
			survey_policy.SHARED_ADDRESS,
		):
			self.assertIn(reason, reality)
		self.assertTrue(
			{survey_policy.BUDGET, survey_policy.UNIT_BUDGET, survey_policy.HOLD} & set(reality), reality
		)

	def test_with_conditions_on_what_was_changed_after_it_was_closed(self):
		kit.settings(cooldown_days=0, unit_budget=0)
		trigger = self.live(2, tickets=40, conditions='[["HD Ticket", "priority", "=", "High"]]')
		reality = self.same(trigger)
		self.assertGreater(reality["Ask"], 4)
		self.assertTrue(next(one for one in ledger_check.examine() if one.trigger == trigger.name).clean)

	def test_with_several_people_asked_about_one_event(self):
		doc = frappe.get_doc("CX Business Unit", UNITS[0])
		for number in range(3):
			contact = voice_kit.contact(f"Surveytest Key {number}", f"key{number}@{kit.DOMAIN}")
			doc.append("people", {"contact": contact, "role": "Key user"})
		doc.save()
		trigger = self.live(3, tickets=25, respondent="People that matter")
		self.same(trigger)

	def test_who_is_asked_by_another_trigger_is_not_asked_by_this_one(self):
		other = self.trigger(
			enabled_since=now_datetime() - timedelta(days=200),
			conditions='[["HD Ticket", "priority", "=", "Low"]]',
		)
		trigger = self.live(4, tickets=30, conditions='[["HD Ticket", "priority", "!=", "Low"]]')
		self.same(trigger)
		self.assertGreater(Counter(self.reality(other).values())["Ask"], 2)

	def test_a_schedule(self):
		for number in range(12):
			doc = kit.ticket(kit.person(f"s{number}"))
			doc.cx_business_unit = UNITS[number % 3]
			doc.save()
		trigger = self.trigger(
			events.ON_SCHEDULE, every_months=1, enabled_since=now_datetime() - timedelta(days=200)
		)
		run = dry_run.run(trigger.name)
		# Twelve people in three months, each about three times.
		self.assertGreaterEqual(run["eligible"], 24)
		self.assertEqual(run["would_send"] + sum(one["count"] for one in run["reasons"]), run["eligible"])

	def test_it_writes_nothing(self):
		trigger = self.live(5, tickets=5)
		with kit.count_queries() as statements:
			dry_run.run(trigger.name)
		writing = [text for text in statements if not text.lstrip().lower().startswith("select")]
		self.assertEqual(writing, [])

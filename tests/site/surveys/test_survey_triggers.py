"""Triggers on every event: who is asked, once each, with a row for every event and nobody over a limit."""

import json
from datetime import timedelta
from unittest.mock import patch

import initiative_kit
import survey_kit as kit
import visit_kit
import voice_kit
from trigger_kit import UNIT, TriggerCase

import frappe
from frappe.utils import add_days, getdate, now_datetime, nowdate

from cx_desk.core import ledger
from cx_desk.core import survey_events as events
from cx_desk.patches import triggers_on_events
from cx_desk.relationship import conversations
from cx_desk.surveys import ledger as writer
from cx_desk.surveys import (
	outright,
	people,
	reconcile,
	record_asking,
	records,
	sentence,
	triggers,
	waves,
)


class TestSurveyTriggers(TriggerCase):
	# --- tickets: conditions and respondents --------------------------------------------------------------------

	def test_conditions_are_the_hosts_filters_on_the_ticket(self):
		conditions = [
			["HD Ticket", "subject", "like", "%vpn%"],
			["HD Ticket", "priority", "in", "Low, Medium"],
		]
		trigger = self.trigger(conditions=json.dumps(conditions))
		self.assertEqual(json.loads(trigger.conditions)[1][3], ["Low", "Medium"])
		for subject, priority in (("vpn down", "Low"), ("vpn down", "Urgent"), ("printer", "Low")):
			kit.resolve(kit.ticket(subject=subject, priority=priority))
		self.assertEqual([row.priority for row in self.rows(trigger)], ["Low"])
		self.assertTrue(self.account(trigger).clean)

	def test_conditions_cost_a_tickets_save_no_query(self):
		def queries() -> int:
			for _warm in (True, False):
				doc = kit.ticket()
				doc.status = "Resolved"
				with kit.count_queries() as statements:
					doc.save()
			return len(statements)

		self.trigger()
		before = queries()
		self.trigger(
			conditions=json.dumps(
				[
					["HD Ticket", "subject", "like", "%surveytest%"],
					["HD Ticket", "agreement_status", "!=", "Failed"],
				]
			),
			respondent="People that matter",
		)
		self.assertEqual(queries(), before)

	def test_conditions_that_cannot_be_checked_are_refused_in_words(self):
		for rows, words in (
			([["HD Ticket", "creation", "Between", ["2026-01-01", "2026-02-01"]]], "two rows"),
			([["HD Ticket", "no_such_field", "=", "x"]], "does not belong"),
			([["Contact", "first_name", "=", "x"]], "does not belong"),
			("not a list", "cannot be read"),
		):
			with self.assertRaisesRegex(frappe.ValidationError, words):
				self.trigger(conditions=json.dumps(rows))

	def test_more_than_an_empty_field_is_no_match_and_no_error(self):
		more = self.trigger(conditions=json.dumps([["HD Ticket", "on_hold_since", ">", "2020-01-01"]]))
		other = self.trigger(conditions=json.dumps([["HD Ticket", "on_hold_since", "!=", "2020-01-01"]]))
		kit.resolve(kit.ticket())
		self.assertEqual((len(self.rows(more)), len(self.rows(other))), (0, 1))

	def test_the_contact_and_people_that_matter_each_once(self):
		first, second = self.names_on_unit("Sponsor", "Key user")
		trigger = self.trigger(respondent="People that matter")
		contact = self.trigger(respondent="Contact")
		doc = kit.ticket()
		doc.cx_business_unit = UNIT
		doc.save()
		kit.resolve(doc)
		self.assertEqual([row.recipient for row in self.rows(trigger)], [None])
		kit.settings(cooldown_days=0)
		self.assertEqual(self.asked(trigger), [first, second])
		self.assertEqual(self.asked(contact), [kit.person()])
		self.assertEqual([row.slot for row in self.rows(trigger)], [0, 1])
		kit.run_decisions()
		self.assertEqual(len(self.rows(trigger)), 2)
		account = self.account(trigger)
		self.assertEqual((account.eligible, account.rows, account.clean), (1, 1, True))

	def test_nobody_who_matters_leaves_a_row_with_its_reason(self):
		trigger = self.trigger(respondent="People that matter")
		kit.resolve(kit.ticket())
		self.assertEqual(self.asked(trigger), [])
		self.assertEqual(
			[(row.status, row.reason) for row in self.rows(trigger)], [("Suppressed", "No address")]
		)

	def test_a_role_narrows_the_people_that_matter(self):
		_sponsor, user = self.names_on_unit("Sponsor", "Key user")
		trigger = self.trigger(
			respondent="People that matter", filters=[{"kind": "Role", "role": "Key user"}]
		)
		doc = kit.ticket()
		doc.cx_business_unit = UNIT
		doc.save()
		kit.resolve(doc)
		self.assertEqual(self.asked(trigger), [user])

	def test_what_does_not_fit_is_refused_with_what_to_do(self):
		for values, words in (
			({"event": events.VISIT_HELD, "survey": kit.TICKET_SURVEY}, "Choose another survey"),
			({"respondent": "Host"}, "Choose one of: Requester, Contact"),
			({"event": events.STAGE_REACHED}, "Choose the stage"),
			({"filters": [{"kind": "Role", "role": "Sponsor"}]}, "roles are those of the people named"),
			({"filters": [{"kind": "HD Team"}]}, "choose which"),
			({"event": events.ON_SCHEDULE, "every_months": 0}, "Ask each person every"),
			({"quota": 5, "quota_days": 0}, "Count the answers"),
			(
				{
					"event": events.VISIT_HELD,
					"filters": [{"kind": "HD Ticket Priority", "value": "Low"}],
				},
				"only a ticket has",
			),
		):
			with self.assertRaisesRegex(frappe.ValidationError, words, msg=str(values)):
				self.trigger(**values)

	# --- the number of a deleted ticket is given again ----------------------------------------------------------

	def test_a_new_ticket_with_the_number_of_a_deleted_one_has_rows_of_its_own(self):
		trigger = self.trigger()
		old = kit.resolve(kit.ticket(kit.person("ann")))
		frappe.delete_doc("HD Ticket", old.name, ignore_permissions=True, force=True)
		new = kit.ticket(kit.person("bob"))
		if new.name != old.name:
			# As Helpdesk does it once the last ticket is deleted and the counter set back.
			frappe.db.set_value("HD Ticket", new.name, "name", old.name)
			new = frappe.get_doc("HD Ticket", old.name)
		self.assertEqual(str(new.name), str(old.name))
		kit.resolve(new)
		rows = self.rows(trigger)
		self.assertEqual(len({row.name for row in rows}), 2)
		self.assertEqual({row.event_name for row in rows}, {str(old.name)})
		kit.run_decisions()
		outcome = {row.recipient: (row.status, row.reason) for row in self.rows(trigger)}
		self.assertEqual(outcome[kit.person("ann")], (ledger.WITHDRAWN, "Deleted"))
		self.assertEqual(outcome[kit.person("bob")], (ledger.QUEUED, None))
		self.assertEqual(reconcile.add_missing(), 0)
		self.assertTrue(self.account(trigger).clean, self.account(trigger))

	def test_rows_from_before_the_key_go_on_working(self):
		trigger = self.trigger()
		doc = kit.resolve(kit.ticket())
		row = self.rows(trigger)[0]
		older = ledger.row_name("HD Ticket", doc.name, 1, trigger.name)
		frappe.db.set_value("CX Survey Invitation", row.name, {"name": older, "event_key": None})
		self.assertEqual(reconcile.add_missing(), 0)
		self.assertTrue(self.account(trigger).clean)
		self.assertEqual(self.asked(trigger), [kit.person()])

	# --- other records ------------------------------------------------------------------------------------------

	def test_a_visit_that_was_held_asks_who_took_part(self):
		visit_kit.no_visits()
		crew = visit_kit.people()
		trigger = self.trigger(events.VISIT_HELD, respondent="Participants", delay_hours=0)
		kit.settings(delay_hours=0)
		triggers.forget()
		doc = visit_kit.visit(crew.agent, starts=add_days(now_datetime(), -1))
		doc = frappe.get_doc("CX Visit", doc.name)
		for name, away in (("ann", 0), ("bob", 1)):
			doc.append(
				"people",
				{
					"side": "Business",
					"person_name": name,
					"email": kit.person(name),
					"stayed_away": away,
				},
			)
		doc.save()
		self.assertIn(kit.person("ann"), self.asked(trigger))
		self.assertNotIn(kit.person("bob"), [row.recipient for row in self.rows(trigger)])

	def test_a_conversation_asks_its_contact_once(self):
		trigger = self.trigger(events.CONVERSATION_HELD)
		kit.settings(delay_hours=0)
		triggers.forget()
		address = kit.person("ann")
		contact = frappe.db.get_value("Contact Email", {"email_id": address}, "parent")
		logged = conversations.log(UNIT, "Ann", "All well.", contact=contact)
		doc = frappe.get_doc("CX Conversation", logged.name)
		doc.notes = "All very well."
		doc.save()
		self.assertEqual(len(self.rows(trigger)), 1)
		self.assertEqual(self.asked(trigger), [address])
		self.assertEqual(reconcile.add_missing(), 0)

	def test_an_initiative_that_reaches_a_stage_asks_its_sponsor_and_those_affected(self):
		world = initiative_kit.World()
		sponsor = self.trigger(events.STAGE_REACHED, reached_stage="Handed over")
		affected = self.trigger(
			events.STAGE_REACHED,
			reached_stage="Handed over",
			respondent="Affected users",
			survey=sponsor.survey,
			filters=[{"kind": "CX Business Unit", "value": UNIT}],
		)
		kit.settings(delay_hours=0)
		triggers.forget()
		raised = kit.ticket(kit.person("ann"))
		raised.cx_business_unit = UNIT
		raised.save()
		name = initiative_kit.start(world, sponsor_email=initiative_kit.SPONSOR, sponsor_name="Sven")
		doc = frappe.get_doc("CX Initiative", name)
		doc.append("units", {"unit": UNIT})
		doc.stage = "Handed over"
		doc.append("steps", {"at": now_datetime(), "from_stage": "Early life", "to_stage": "Handed over"})
		# Past the gates, which other tests walk through: here only the arrival matters.
		doc.flags.ignore_validate = True
		with patch("cx_desk.initiatives.moving.follow_up"):
			doc.save(ignore_permissions=True)
		self.assertEqual(self.asked(sponsor), [initiative_kit.SPONSOR])
		self.assertEqual(self.asked(affected), [kit.person("ann")])
		self.assertEqual(self.rows(sponsor)[0].occurrence, 1)
		frappe.db.delete("CX Survey Invitation", {"trigger": sponsor.name})
		reconcile.add_missing()
		self.assertIn(name, [row.event_name for row in self.rows(sponsor)])
		self.assertTrue(self.account(sponsor).clean)

	def test_who_was_told_is_asked_and_not_once_they_contest(self):
		trigger = self.trigger(events.VOICE_TOLD)
		kit.settings(delay_hours=0)
		triggers.forget()
		voice = frappe.get_doc(
			{
				"doctype": "CX Voice",
				"kind": "Said",
				"statement": "Slow.",
				"source_type": "Known person",
				"source_email": kit.person("ann"),
				"unit": UNIT,
			}
		).insert()
		voice.db_set("state", "Done")
		for state in ("Told", "Contested"):
			doc = frappe.get_doc("CX Voice", voice.name)
			doc._doc_before_save = frappe.get_doc("CX Voice", voice.name)
			doc.state = state
			records.record_event(doc)
			doc.db_set({"state": state, "told_at": now_datetime()})
		self.assertEqual(len(self.rows(trigger)), 1)
		self.assertEqual(self.asked(trigger), [])
		self.assertEqual(self.rows(trigger)[0].reason, "Reopened")

	# --- dates and schedules ------------------------------------------------------------------------------------

	def test_so_many_days_after_go_live_the_sponsor_is_asked_once(self):
		world = initiative_kit.World()
		trigger = self.trigger(events.DATE_REACHED, watched_date="Go-live of an initiative", days_after=30)
		trigger.db_set("enabled_since", add_days(now_datetime(), -5))
		triggers.forget()
		due = initiative_kit.start(world, sponsor_email=initiative_kit.SPONSOR, sponsor_name="Sven")
		early = initiative_kit.start(world, sponsor_email=initiative_kit.SPONSOR, sponsor_name="Sven")
		off = initiative_kit.start(world, sponsor_email=initiative_kit.SPONSOR, sponsor_name="Sven")
		for name, days, stage in (
			(due, -30, "Early life"),
			(early, -29, "Early life"),
			(off, -30, "Withdrawn"),
		):
			frappe.db.set_value(
				"CX Initiative", name, {"golive_date": add_days(nowdate(), days), "stage": stage}
			)
		self.assertEqual(reconcile.add_missing(), 1)
		self.assertEqual(reconcile.add_missing(), 0)
		self.assertEqual([row.event_name for row in self.rows(trigger)], [due])
		self.assertEqual(self.asked(trigger), [initiative_kit.SPONSOR])

	def test_a_schedule_asks_each_person_on_a_day_of_their_own(self):
		trigger = self.trigger(
			events.ON_SCHEDULE,
			every_months=3,
			filters=[{"kind": "CX Business Unit", "value": UNIT}],
			enabled_since=add_days(now_datetime(), -400),
		)
		addresses = []
		for number in range(30):
			doc = kit.ticket(kit.person(f"sch{number}"))
			frappe.db.set_value("HD Ticket", doc.name, "cx_business_unit", UNIT)
			addresses.append(kit.person(f"sch{number}"))
		reconcile.add_missing(timedelta(days=400))
		rows = self.rows(trigger)
		one = triggers.one(trigger.name)
		for address in addresses:
			mine = sorted(row.event_at.date() for row in rows if row.recipient == address)
			key = ledger.address_key(address)
			wanted = [
				day
				for _period, day in events.slots_between(
					one.name, key, getdate(add_days(now_datetime(), -399)), getdate(), 3
				)
			]
			self.assertEqual(mine[-len(wanted) :], wanted)
		days = {row.event_at for row in rows}
		self.assertGreater(len(days), 60)
		self.assertTrue(self.account(trigger).clean)
		# What lies back too far is not asked now.
		kit.run_decisions()
		late = [row for row in self.rows(trigger) if row.event_at < add_days(now_datetime(), -4)]
		self.assertEqual({row.reason for row in late}, {"Too late"})

	# --- by hand and by API -------------------------------------------------------------------------------------

	def test_people_that_matter_of_a_unit_by_hand(self):
		first, _second = self.names_on_unit("Sponsor", "Key user")
		survey = self.survey("Relationship")
		self.assertEqual(waves.ask(survey, [UNIT], "People that matter", ["Sponsor"]), 1)
		kit.run_decisions()
		found = kit.rows(survey=survey)
		self.assertEqual([(row.recipient, row.status) for row in found], [(first, ledger.QUEUED)])
		with self.assertRaisesRegex(frappe.ValidationError, "Name people on the business unit"):
			waves.ask(survey, [UNIT], "People that matter", ["Gatekeeper"])

	def test_about_a_record_by_hand(self):
		visit_kit.no_visits()
		crew = visit_kit.people()
		doc = visit_kit.held(crew.agent)
		survey = self.survey("Visit")
		self.assertEqual(record_asking.ask(doc, survey)["count"], 1)
		self.assertEqual(record_asking.ask(doc, survey)["count"], 0)
		found = kit.rows(survey=survey)
		self.assertEqual([(row.recipient, row.status) for row in found], [(visit_kit.HOST, ledger.QUEUED)])

	def test_the_same_request_through_the_api_asks_once(self):
		survey = self.survey("Relationship")
		people_ = [{"email": kit.person("ann"), "unit": UNIT}, {"email": kit.person("bob").upper()}]
		first = outright.ask_by_api(survey, people_, origin="order-7")
		again = outright.ask_by_api(survey, people_, origin="order-7")
		self.assertEqual([one.new for one in first], [True, True])
		self.assertEqual([one.new for one in again], [False, False])
		self.assertEqual([one.name for one in first], [one.name for one in again])
		kit.run_decisions()
		after = outright.ask_by_api(survey, people_, origin="order-7")
		self.assertEqual([one.status for one in after], [ledger.QUEUED, ledger.QUEUED])
		rows = {row.recipient: row for row in kit.rows(survey=survey)}
		self.assertEqual(rows[kit.person("ann")].unit, UNIT)
		self.assertTrue(rows[kit.person("bob")].unit)
		other = outright.ask_by_api(survey, people_[:1], origin="order-8")
		kit.run_decisions()
		self.assertEqual(kit.rows(name=other[0].name)[0].reason, "Asked recently")

	def test_a_bad_request_says_all_its_faults_and_writes_nothing(self):
		survey = self.survey("Relationship")
		with self.assertRaises(frappe.ValidationError) as raised:
			outright.ask_by_api(
				survey,
				[{"email": "nobody"}, {"email": kit.person(), "unit": "No such unit"}, "x"],
				origin="",
				about=("HD Ticket", "1"),
			)
		text = str(raised.exception)
		for words in ("origin", "Recipient 1", "Recipient 2", "Recipient 3", "about no record"):
			self.assertIn(words, text)
		self.assertEqual(kit.rows(survey=survey), [])
		with self.assertRaisesRegex(frappe.ValidationError, "switched off"):
			frappe.db.set_value("CX Survey", survey, "enabled", 0)
			outright.ask_by_api(survey, [{"email": kit.person()}], origin="1")

	# --- in words -----------------------------------------------------------------------------------------------

	def test_the_sentence_says_whom_it_asks(self):
		said = sentence.of_draft(
			{
				"event": events.TICKET_RESOLVED,
				"audience": "Only where the rows below match",
				"filters": [
					{"kind": "CX Business Unit", "value": "Finance"},
					{"kind": "CX Business Unit", "value": "Legal"},
					{"kind": "HD Ticket Priority", "value": "High"},
				],
				"delay_hours": 24,
				"conditions": json.dumps([["HD Ticket", "subject", "like", "%vpn%"]]),
				"sample_percent": 50,
				"quota": 40,
			}
		)["sentence"]
		self.assertEqual(
			said,
			"Everyone in Finance or Legal who raised a ticket with the priority High is asked a day after it was "
			"resolved. Only if Subject contains vpn. Of these, 50 % are drawn. No more once 40 have answered within 90 "
			"days.",
		)

	def test_every_event_and_respondent_can_be_said_in_both_languages(self):
		for language in ("en", "de"):
			frappe.local.lang = language
			try:
				for name in events.EVENTS:
					for date in events.DATES if name == events.DATE_REACHED else [None]:
						kind = events.kind_of(name, date)
						for who in events.RESPONDENTS_OF[kind]:
							found = sentence.of_draft(
								{
									"event": name,
									"watched_date": date,
									"days_after": 30,
									"respondent": who,
									"audience": "Everyone",
									"delay_hours": 4,
									"reached_stage": "Handed over",
								}
							)
							self.assertTrue(found["sentence"].endswith("."), (name, who))
							self.assertNotIn("{", found["sentence"])
							self.assertNotIn("Nobody", found["sentence"])
			finally:
				frappe.local.lang = "en"

	def test_half_a_trigger_says_nothing_and_breaks_nothing(self):
		for given in (
			{},
			{"event": "x"},
			{"event": events.DATE_REACHED},
			{"conditions": "{"},
			{"filters": 3},
		):
			self.assertEqual(sentence.of_draft(given)["sentence"], "")


class TestSurveyLimits(TriggerCase):
	"""What the policy holds back, with real records."""

	def outcome(self, trigger) -> list[tuple]:
		kit.run_decisions()
		return sorted((row.status, row.reason or "") for row in self.rows(trigger))

	def in_unit(self, *names: str, unit: str = UNIT):
		for name in names:
			doc = kit.ticket(kit.person(name))
			doc.cx_business_unit = unit
			doc.save()
			kit.resolve(doc)

	def test_a_unit_gets_no_more_than_its_budget(self):
		trigger = self.trigger()
		kit.settings(unit_budget=2, unit_budget_days=30)
		self.in_unit("ann", "bob", "cid")
		self.assertEqual(
			self.outcome(trigger),
			[(ledger.QUEUED, ""), (ledger.QUEUED, ""), (ledger.SUPPRESSED, "Unit's budget used")],
		)
		frappe.db.set_value("CX Business Unit", UNIT, "survey_budget", 3)
		self.in_unit("dan", "eve")
		statuses = [status for status, _reason in self.outcome(trigger)]
		self.assertEqual(statuses.count(ledger.QUEUED), 3)

	def test_reminders_use_up_the_budgets_of_person_and_unit(self):
		trigger = self.trigger()
		kit.settings(cooldown_days=0, yearly_budget=2, unit_budget=0)
		self.in_unit("ann")
		kit.run_decisions()
		row = self.rows(trigger)[0]
		frappe.db.set_value("CX Survey Invitation", row.name, "reminded_at", now_datetime())
		facts = people.facts_by_address({kit.person("ann")}, now_datetime())[kit.person("ann")]
		self.assertEqual(facts.asked_in_year, 2)
		self.assertEqual(people.asked_by_unit({UNIT}, add_days(now_datetime(), -1))[UNIT], 2)
		self.in_unit("ann")
		self.assertIn((ledger.SUPPRESSED, "Yearly budget used"), self.outcome(trigger))

	def test_an_anonymous_survey_uses_up_the_same_budget(self):
		survey = self.survey("Relationship", privacy="Anonymous")
		outright.ask_by_api(survey, [{"email": kit.person("ann"), "unit": UNIT}], origin="1")
		kit.run_decisions()
		self.assertEqual(kit.rows(survey=survey)[0].status, ledger.QUEUED)
		trigger = self.trigger()
		self.in_unit("ann")
		self.assertEqual(self.outcome(trigger), [(ledger.SUPPRESSED, "Asked recently")])

	def test_a_quota_stops_asking_in_all_or_in_the_unit(self):
		trigger = self.trigger(quota=1, quota_per="In each unit")
		self.in_unit("ann")
		kit.run_decisions()
		row = self.rows(trigger)[0]
		frappe.db.set_value(
			"CX Survey Invitation", row.name, {"status": "Answered", "answered_at": now_datetime()}
		)
		self.in_unit("bob")
		self.in_unit("cid", unit=voice_kit.unit("Surveytest Legal"))
		self.assertEqual(
			self.outcome(trigger),
			[("Answered", ""), (ledger.QUEUED, ""), (ledger.SUPPRESSED, "Enough answers")],
		)
		frappe.db.set_value("CX Survey Trigger", trigger.name, "quota_per", "In all")
		kit.resolve(kit.ticket(kit.person("dan")))
		self.assertIn((ledger.SUPPRESSED, "Enough answers"), self.outcome(trigger))

	def test_nobody_is_asked_about_their_own_department(self):
		trigger = self.trigger()
		kit.settings(desk_unit=UNIT)
		self.in_unit("ann")
		self.assertEqual(self.outcome(trigger), [(ledger.SUPPRESSED, "Own department")])
		kit.settings(desk_unit=None)
		lead = voice_kit.user("lead", "Agent")
		team = "Surveytest Payroll"
		settings = frappe.get_doc("CX Settings")
		settings.set("team_leads", [row for row in settings.team_leads if row.team != team])
		settings.append("team_leads", {"team": team, "user": lead, "unit": UNIT})
		for row in settings.team_leads:
			row.db_insert() if row.is_new() else None
		frappe.clear_document_cache("CX Settings", "CX Settings")
		self.in_unit("bob")
		frappe.db.set_value("CX Survey Invitation", {"recipient": kit.person("bob")}, "team", team)
		self.assertEqual(self.outcome(trigger), [(ledger.SUPPRESSED, "Own department")] * 2)

	def test_in_the_units_critical_hours_it_waits(self):
		trigger = self.trigger()
		now = now_datetime()
		frappe.db.set_value(
			"CX Business Unit",
			UNIT,
			"critical_hours",
			f"{now:%H}:00-{(now.hour + 1):02}:00" if now.hour < 23 else "23:00-24:00",
		)
		self.in_unit("ann")
		self.assertEqual(self.outcome(trigger), [(ledger.PENDING, "")])
		self.assertGreater(self.rows(trigger)[0].due_at, now)
		self.assertEqual(self.rows(trigger)[0].due_at.minute, 0)

	def test_only_in_the_persons_own_language(self):
		trigger = self.trigger(own_language=1)
		frappe.db.set_value("CX Business Unit", UNIT, "language", "fr")
		self.in_unit("ann")
		self.assertEqual(self.outcome(trigger), [(ledger.SUPPRESSED, "Not in their language")])

	def test_a_unit_that_another_worker_decides_about_is_left_for_the_next_turn(self):
		self.trigger()
		kit.settings(unit_budget=1)
		self.in_unit("ann", "bob")
		with patch.object(people, "claim_units", return_value=set()):
			kit.run_decisions()
		self.assertEqual({row.status for row in kit.rows(unit=UNIT)}, {ledger.PENDING})
		kit.run_decisions()
		self.assertEqual(
			sorted(row.status for row in kit.rows(unit=UNIT)), [ledger.QUEUED, ledger.SUPPRESSED]
		)

	def test_a_second_run_over_the_same_rows_decides_alike(self):
		trigger = self.trigger(sample_percent=50)
		kit.settings(unit_budget=4)
		self.in_unit("ann", "bob", "cid", "dan", "eve", "fay", "ann", "bob")
		frappe.db.savepoint("twice")
		first = self.outcome(trigger)
		frappe.db.rollback(save_point="twice")
		self.assertEqual(self.outcome(trigger), first)

	def test_what_the_patch_makes_of_a_survey_about_visits_that_is_on(self):
		frappe.db.set_value("CX Survey", {"kind": "Visit"}, "enabled", 0)
		frappe.db.delete("CX Survey Trigger", {"event": ["like", "Visit%"]})
		survey = self.survey("Visit")
		before = frappe.get_doc(
			{
				"doctype": "CX Survey Trigger",
				"name": "Surveytest before",
				"trigger_name": "Surveytest before",
				"survey": kit.TICKET_SURVEY,
				"event": "Ticket resolved",
				"audience": "Everyone who raised a ticket",
			}
		)
		before.db_insert()
		frappe.db.set_value("CX Survey Trigger", before.name, "respondent", None)
		doc = kit.resolve(kit.ticket())
		self.assertEqual(kit.rows(doc), [])
		writer.insert(
			[
				{
					"name": "surveytest-old-row",
					"survey": kit.TICKET_SURVEY,
					"trigger": before.name,
					"event_doctype": "HD Ticket",
					"event_name": doc.name,
					"occurrence": 1,
					"event_at": now_datetime(),
					"due_at": now_datetime(),
				}
			]
		)
		for _again in range(2):
			triggers_on_events.execute()
		found = frappe.get_all(
			"CX Survey Trigger", {"enabled": 1, "event": events.VISIT_SHARED}, ["survey", "delay_hours"]
		)
		self.assertEqual([(one.survey, one.delay_hours) for one in found], [(survey, 24)])
		self.assertEqual(
			frappe.db.get_value("CX Survey Trigger", before.name, ["audience", "respondent"]),
			("Everyone", "Requester"),
		)
		self.assertEqual(
			frappe.db.get_value("CX Survey Invitation", "surveytest-old-row", "event_key"), doc.key
		)

"""Where the records of CX Desk hold persons and free text, and what becomes of it when a person is erased.

Every doctype stands here with every field that can hold either (tests/portable/contracts/test_erasure.py): whoever adds
one decides what becomes of it. A person's rows are those that hold one of their addresses, contacts or keys.

CONTACT   link to a Contact: emptied in the person's rows.
ADDRESS   mail address: emptied in the person's rows.
NAME      a person's name: replaced in the person's rows.
KEY       hash of a mail address: replaced by one of chance, the same in all rows, so that counts of people stay.
OWN_WORDS what the person said: emptied in the person's rows; elsewhere as WORDS.
WORDS     free text: address and full name of the person are replaced wherever they stand.
TOKEN     hash of a link that the person holds: emptied in the person's rows, so that the link leads nowhere.
USER      link to a User: the host renames it with the user.
NONE      holds no person: keys, states, technical marks.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable

CONTACT, ADDRESS, NAME, KEY, OWN_WORDS, WORDS, TOKEN, USER, NONE = (
	"contact",
	"address",
	"name",
	"key",
	"own words",
	"words",
	"token",
	"user",
	"none",
)

FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
	"CX Acting Rule": {
		WORDS: ("title", "words", "note"),
		USER: ("responsible", "escalate_to"),
	},
	"CX Announcement": {
		WORDS: ("title", "subject", "message", "approved_by"),
	},
	"CX Announcement Receipt": {
		NAME: ("person_name",),
		ADDRESS: ("email",),
		WORDS: ("delivery",),
		NONE: ("message_id", "queued_as"),
	},
	"CX Anonymous Code": {
		NONE: ("unit_mark",),
	},
	"CX Anonymous Response": {
		NONE: ("main_type",),
		WORDS: ("comment",),
	},
	"CX Assessment Criterion": {
		NONE: ("criterion", "evidence"),
	},
	"CX Benefit": {
		WORDS: (
			*("title", "baseline_source", "baseline_plan", "experience", "cancel_reason"),
			*("accepted_how", "transfer_reason", "countersigned_by"),
		),
		NAME: ("owner_name", "next_owner_name"),
		ADDRESS: ("owner_email", "next_owner_email"),
	},
	"CX Benefit Reading": {
		WORDS: ("source", "by"),
	},
	"CX Benefit Step": {
		WORDS: ("what", "by", "note"),
	},
	"CX Business Knowledge": {
		USER: ("user",),
		WORDS: ("source",),
	},
	"CX Business Unit": {
		WORDS: ("unit_name", "sites", "critical_hours"),
		NONE: ("time_zone",),
	},
	"CX Consideration": {
		WORDS: ("title", "questions", "note", "decided_by"),
		USER: ("responsible",),
		NONE: ("ticket_state",),
	},
	"CX Contact Preference": {
		KEY: ("address_hash",),
		CONTACT: ("contact",),
		OWN_WORDS: ("way_note", "undeliverable_why"),
		WORDS: ("proof",),
	},
	"CX Conversation": {
		NAME: ("who",),
		CONTACT: ("contact",),
		WORDS: (
			"notes",
			"agenda",
			"location",
			"promise_next",
			"their_evidence",
			"their_next_step",
			"our_evidence",
			"our_next_step",
			"reason",
			"invited_to",
			"title",
		),
		NONE: ("level_gap", "invite_hash"),
	},
	"CX Conversation Person": {
		CONTACT: ("contact",),
		USER: ("user",),
		NAME: ("person_name",),
		ADDRESS: ("email",),
	},
	"CX Conversation Want": {
		WORDS: ("words", "want"),
	},
	"CX Desk Assessment": {
		NONE: ("next_step", "note", "title"),
	},
	"CX Driver": {
		NONE: ("driver_name", "description", "keywords"),
	},
	"CX Early Life Check": {
		WORDS: ("why_not",),
	},
	"CX Early Life Extension": {
		WORDS: ("reason", "by"),
	},
	"CX Experience Target": {
		WORDS: ("target_name", "question", "notes", "method"),
	},
	"CX Hold": {
		NONE: ("reason",),
	},
	"CX Initiative": {
		WORDS: (
			"title",
			"outcome",
			"why_now",
			"sponsor_yes_note",
			"tag_words",
			"reopen_proposed",
			"stop_reason",
			"last_message",
		),
		USER: ("lead", "representative"),
		NAME: ("requester_name", "sponsor_name"),
		ADDRESS: ("requester_email", "sponsor_email"),
		NONE: ("held_stage", "plan"),
	},
	"CX Initiative Criterion": {
		WORDS: ("criterion", "evidence", "help", "waiver_risk", "assessed_by"),
		USER: ("waived_by",),
	},
	"CX Initiative Exit": {
		WORDS: ("criterion", "signed_by"),
	},
	"CX Initiative Gate": {
		NONE: ("stage_key", "gate"),
		WORDS: ("advice_text", "advised_by", "overrule_reason", "decided_by"),
	},
	"CX Initiative Person": {
		NAME: ("person_name",),
		ADDRESS: ("email",),
		TOKEN: ("token_hash",),
	},
	"CX Initiative Risk": {
		WORDS: ("text", "who"),
	},
	"CX Initiative Skill": {
		WORDS: ("skill", "evidence"),
		USER: ("person",),
	},
	"CX Initiative Step": {
		NONE: ("from_stage", "to_stage"),
		WORDS: ("by", "note"),
	},
	"CX Initiative Template": {
		NONE: ("template_name", "description"),
	},
	"CX Initiative Ticket": {
		WORDS: ("subject", "removed_by", "missed_criterion"),
	},
	"CX Initiative Unit": {
		WORDS: ("change", "training"),
	},
	"CX Liaison Assignment": {
		USER: ("user",),
		WORDS: ("full_name", "subject"),
	},
	"CX Open Question": {
		WORDS: ("question", "answer", "answered_by", "accepted_by", "asked_anyway"),
		NAME: ("addressee_name",),
		ADDRESS: ("addressee_email",),
		USER: ("responsible", "asked_by"),
		NONE: ("message_id",),
	},
	"CX Question Step": {
		WORDS: ("turn", "what", "by", "note"),
	},
	"CX Resolver Question": {
		WORDS: ("question", "answer", "answered_by"),
		NAME: ("asked_of",),
		USER: ("answerer",),
	},
	"CX Score Rollup": {
		NONE: ("survey_version", "question", "question_type", "team", "channel"),
	},
	"CX Settings": {
		USER: ("desk_manager",),
		WORDS: ("shared_addresses", "brand_name", "reader_note", "privacy_note", "sample_data"),
		NONE: ("last_runs",),
	},
	"CX Signal": {
		WORDS: ("sentence", "seen", "against", "sure", "end_note", "title", "finding"),
		NONE: ("active_key",),
	},
	"CX Source Delivery": {
		NONE: ("external_id",),
		WORDS: ("reason", "content"),
	},
	"CX Source Field": {
		NONE: ("field", "question", "question_text", "words"),
	},
	"CX Story": {
		WORDS: ("title", "reason", "before", "did", "after"),
	},
	"CX Story Evidence": {
		NONE: ("record",),
		WORDS: ("shows",),
	},
	"CX Survey": {
		NONE: ("survey_name", "subject", "intro", "thanks", "shipped_as"),
	},
	"CX Survey Answer": {
		NONE: ("question_key", "question_type"),
		WORDS: ("question", "value"),
	},
	"CX Survey Driver": {},
	"CX Survey Invitation": {
		NONE: (
			"trigger",
			"event_doctype",
			"event_name",
			"event_key",
			"language",
			"team",
			"ticket_type",
			"priority",
			"customer",
			"agreement_status",
			"email_queue",
			"message_id",
		),
		WORDS: ("reason",),
		CONTACT: ("contact",),
		ADDRESS: ("recipient",),
		KEY: ("respondent_key",),
		USER: ("asked_by",),
		OWN_WORDS: ("delivery",),
		TOKEN: ("token_hash", "reminder_token_hash", "sealed_code", "announced"),
	},
	"CX Survey Link": {
		NONE: ("title", "heading", "words", "code"),
	},
	"CX Survey Question": {
		NONE: (
			"question",
			"options",
			"low_label",
			"high_label",
			"show_if_question",
			"show_if_options",
			"key",
		),
	},
	"CX Survey Response": {
		NONE: (
			"privacy",
			"main_type",
			"event_doctype",
			"event_name",
			"event_key",
			"team",
			"channel",
			"language",
			"agreement_status",
		),
		OWN_WORDS: ("comment", "history", "machine_evidence"),
		CONTACT: ("contact",),
		ADDRESS: ("reply_to",),
		KEY: ("respondent_key",),
		TOKEN: ("announced",),
	},
	"CX Survey Source": {
		WORDS: (
			"source_name",
			"external_survey",
			"address",
			"user_name",
			"last_error",
			"cursor",
			"inbox_key",
		),
		NONE: ("secret", "api_key"),
	},
	"CX Survey Translation": {
		NONE: ("source_text", "translated_text"),
	},
	"CX Survey Trigger": {
		NONE: ("trigger_name", "conditions"),
	},
	"CX Survey Version": {
		NONE: ("content_hash", "content"),
	},
	"CX Target Step": {
		NONE: ("state", "was"),
	},
	"CX Team Lead": {
		USER: ("user",),
	},
	"CX Template Consideration": {
		NONE: ("title", "questions"),
	},
	"CX Template Criterion": {
		NONE: ("criterion", "help"),
	},
	"CX Template Exit": {
		NONE: ("criterion",),
	},
	"CX Template News": {
		NONE: ("title",),
	},
	"CX Template Skill": {
		NONE: ("skill",),
	},
	"CX Template Stage": {
		NONE: ("label", "gate"),
	},
	"CX Trigger Filter": {
		NONE: ("value",),
	},
	"CX Unit Mapping": {
		ADDRESS: ("value",),
	},
	"CX Unit Person": {
		CONTACT: ("contact",),
		NAME: ("contact_name",),
		WORDS: ("note",),
	},
	"CX Unit Snapshot": {
		NONE: ("question", "quarter", "question_type", "counts"),
	},
	"CX Unit Want": {
		WORDS: ("words",),
		CONTACT: ("said_by",),
		NAME: ("said_by_name",),
		NONE: ("figure_name",),
	},
	"CX Unit Week": {
		WORDS: ("felt_why", "done_why", "inputs"),
	},
	"CX Visit": {
		WORDS: (
			"place",
			"aim",
			"questions",
			"report",
			"what_next",
			"shared_to",
			"effect_question",
			"effect_result",
			"reason",
			"proposal",
			"invited_to",
			"title",
		),
		CONTACT: ("host_contact",),
		NAME: ("host_name",),
		ADDRESS: ("host_email",),
		NONE: ("invite_hash",),
		TOKEN: ("token_hash",),
	},
	"CX Visit Comparison": {
		WORDS: ("note",),
	},
	"CX Visit Person": {
		USER: ("user",),
		CONTACT: ("contact",),
		NAME: ("person_name",),
		ADDRESS: ("email",),
	},
	"CX Visit Proposal": {
		USER: ("visitor",),
		WORDS: ("sentence", "facts"),
	},
	"CX Visit Round": {
		NONE: ("seed",),
	},
	"CX Visit Version": {
		WORDS: ("by", "note", "report", "what_next"),
	},
	"CX Visit Voice": {
		USER: ("by", "triaged_by"),
		WORDS: ("way_reason",),
	},
	"CX Voice": {
		OWN_WORDS: ("statement", "message_back"),
		USER: ("responsible",),
		CONTACT: ("contact",),
		ADDRESS: ("source_email",),
		NAME: ("source_name",),
		WORDS: ("outcome", "decline_reason"),
		NONE: ("message_id", "origin"),
		TOKEN: ("token_hash", "earlier_token_hash"),
	},
	"CX Voice Step": {
		NONE: ("from_state", "to_state"),
		WORDS: ("by", "note"),
	},
}

# Rows that are nothing but the person: deleted.
DELETED = ("CX Unit Mapping", "CX Unit Person")
# Child rows of a person's rows that hold the person's own words: parent, field, and which rows.
OWN_CHILD_WORDS = (
	("CX Survey Answer", "CX Survey Response", "value", {"question_type": ["Text"]}),
	("CX Voice Step", "CX Voice", "note", {"to_state": ["Contested", "Settled"]}),
)
# Raw records of what came from elsewhere: emptied as a whole where they name the person.
EMPTIED_IF_NAMED = (("CX Source Delivery", "content"),)

ERASED = "[erased]"
ERASED_PERSON = "Erased person"
_SHORTEST_NAME = 5


def spellings(names: Iterable[str]) -> list[str]:
	"""The ways in which full names can stand in a text: turned round, and as HTML and JSON write them.

	A name of one word, or shorter than five letters, is left out: it would be found in texts about others.
	"""
	found: list[str] = []
	for name in names:
		words = (name or "").split()
		if len(words) < 2 or len(name.strip()) < _SHORTEST_NAME:
			continue
		first, last = " ".join(words[:-1]), words[-1]
		for text in (" ".join(words), f"{last}, {first}", f"{last} {first}"):
			found += [text, html.escape(text), json.dumps(text)[1:-1]]
	return list(dict.fromkeys(found))


def redact(text: str, addresses: Iterable[str], names: Iterable[str], stand_in: str) -> str:
	"""The text without these addresses and full names, whatever their case. names: as `spellings` gives them."""
	for address in sorted((one for one in addresses if one), key=len, reverse=True):
		text = re.sub(rf"(?<![\w.+-]){re.escape(address)}(?![\w-])", stand_in, text, flags=re.IGNORECASE)
	for name in sorted(names, key=len, reverse=True):
		text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", ERASED_PERSON, text, flags=re.IGNORECASE)
	return text


def fields_of(doctype: str, *kinds: str) -> list[str]:
	"""The fields of a doctype of these kinds."""
	return [field for kind in kinds for field in FIELDS[doctype].get(kind, ())]

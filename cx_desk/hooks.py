"""What CX Desk registers with Frappe: dotted paths only."""

app_name = "cx_desk"
app_title = "CX Desk"
app_publisher = "CX Desk maintainers"
app_description = "Outside-in service desk for Frappe Helpdesk: no voice lost"
app_email = "cx-desk@users.noreply.github.com"
app_license = "AGPL-3.0-only"
app_logo_url = "/assets/cx_desk/images/cx_desk.svg"

required_apps = ["frappe/helpdesk"]
require_type_annotated_api_methods = True

add_to_apps_screen = [
	{
		"name": "cx_desk",
		"logo": "/assets/cx_desk/images/cx_desk.svg",
		"title": "CX Desk",
		"route": "/app/voices",
		"has_permission": "cx_desk.permissions.may_open_workspace",
	}
]

after_install = "cx_desk.setup.install.after_install"
after_sync = "cx_desk.setup.install.after_sync"
after_migrate = "cx_desk.setup.install.after_migrate"
before_uninstall = "cx_desk.setup.uninstall.before_uninstall"

fixtures = [{"dt": "Role", "filters": [["name", "in", ["CX Manager", "CX Liaison"]]]}]

doctype_js = {
	"CX Visit": ["public/js/ask_by_survey.js", "public/js/visit_link.js"],
	"CX Conversation": ["public/js/ask_by_survey.js"],
	"Contact": "public/js/contact_privacy.js",
	"CX Business Unit": [
		"public/js/may_write.js",
		"public/js/unit_score.js",
		"public/js/relationship_unit.js",
	],
	"CX Survey": ["public/js/survey_import.js", "public/js/survey_scorecard.js"],
	"CX Voice": ["public/js/may_write.js", "public/js/initiative_voice.js"],
	"CX Initiative": [
		"public/js/ask_by_survey.js",
		"public/js/initiative_kit.js",
		"public/js/initiative_parts.js",
	],
	"CX Consideration": ["public/js/initiative_kit.js"],
	"CX Open Question": ["public/js/initiative_kit.js"],
	"CX Benefit": ["public/js/initiative_kit.js"],
	"CX Announcement": ["public/js/initiative_kit.js"],
}

doc_events = {
	"CX Business Unit": {
		"validate": "cx_desk.relationship.wants.check",
		"on_trash": "cx_desk.relationship.lights.forget_unit",
	},
	"HD Ticket": {
		"before_insert": "cx_desk.events.hd_ticket.before_insert",
		"before_validate": "cx_desk.events.hd_ticket.before_validate",
		"on_update": "cx_desk.events.hd_ticket.on_update",
	},
	"Contact": {
		"after_rename": "cx_desk.events.contact.after_rename",
		"on_trash": "cx_desk.events.contact.on_trash",
	},
	"HD Customer": {
		"after_rename": "cx_desk.events.hd_customer.after_rename",
		"on_trash": "cx_desk.events.hd_customer.on_trash",
	},
	"Personal Data Deletion Request": {"on_change": "cx_desk.events.personal_data.after_deletion"},
	"Personal Data Download Request": {"after_insert": "cx_desk.events.personal_data.after_download_request"},
	"File": {"after_insert": "cx_desk.events.file.after_insert"},
	"Document Follow": {"after_insert": "cx_desk.events.document_follow.after_insert"},
	"Email Account": {"validate": "cx_desk.events.email_account.validate"},
	"CX Visit": {
		"on_update": "cx_desk.events.cx_record.on_update",
		"onload": "cx_desk.events.cx_record.onload",
	},
	"CX Conversation": {
		"on_update": "cx_desk.events.cx_record.on_update",
		"onload": "cx_desk.events.cx_record.onload",
	},
	"CX Initiative": {
		"on_update": "cx_desk.events.cx_record.on_update",
		"onload": "cx_desk.events.cx_record.onload",
	},
	"CX Voice": {"on_update": "cx_desk.events.cx_record.on_update"},
	"HD Team": {
		"after_rename": "cx_desk.events.hd_team.after_rename",
		"on_trash": "cx_desk.events.hd_team.on_trash",
	},
}

# Frappe 15 names a Scheduled Job Type by the last two parts of its path: the names must be ours alone.
scheduler_events = {
	"all": [
		"cx_desk.tasks.cx_ask_due",
		"cx_desk.tasks.cx_act_on_answers",
		"cx_desk.tasks.cx_follow_delivery",
		"cx_desk.tasks.cx_tell_hooks",
		"cx_desk.tasks.cx_take_sources",
	],
	"hourly": ["cx_desk.tasks.cx_reconcile", "cx_desk.tasks.cx_follow_initiatives"],
	"daily_long": [
		"cx_desk.tasks.cx_nightly",
		"cx_desk.tasks.cx_look_at_units",
		"cx_desk.tasks.cx_look_at_visits",
	],
	"cron": {"0 7 * * 1": ["cx_desk.tasks.cx_monday_mail"]},
}

permission_query_conditions = {
	"CX Acting Rule": "cx_desk.permissions.refuse_joins",
	"CX Source Delivery": "cx_desk.permissions.refuse_joins",
	"CX Unit Mapping": "cx_desk.permissions.unit_mapping_query",
	"CX Voice": ["cx_desk.permissions.voice_query", "cx_desk.permissions.refuse_joins"],
	"CX Survey Invitation": "cx_desk.permissions.scoped_query",
	"CX Survey Response": ["cx_desk.permissions.response_query", "cx_desk.permissions.refuse_joins"],
	"CX Survey Link": ["cx_desk.permissions.scoped_query", "cx_desk.permissions.refuse_joins"],
	"CX Contact Preference": "cx_desk.permissions.contact_preference_query",
	"CX Score Rollup": "cx_desk.permissions.rollup_query",
	"CX Unit Snapshot": "cx_desk.permissions.snapshot_query",
	"CX Experience Target": "cx_desk.permissions.scoped_query",
	"CX Target Step": "cx_desk.permissions.child_query",
	"CX Survey Answer": "cx_desk.permissions.child_query",
	"CX Voice Step": "cx_desk.permissions.child_query",
	"CX Conversation Person": "cx_desk.permissions.child_query",
	"CX Conversation Want": "cx_desk.permissions.child_query",
	"CX Unit Person": "cx_desk.permissions.unit_person_query",
	"CX Unit Want": ["cx_desk.permissions.unit_person_query", "cx_desk.permissions.refuse_joins"],
	"CX Conversation": "cx_desk.permissions.scoped_query",
	"CX Signal": "cx_desk.permissions.scoped_query",
	"CX Unit Week": "cx_desk.permissions.scoped_query",
	"CX Visit Person": "cx_desk.permissions.child_query",
	"CX Visit Version": "cx_desk.permissions.child_query",
	"CX Visit Comparison": "cx_desk.permissions.child_query",
	"CX Visit Proposal": ["cx_desk.permissions.child_query", "cx_desk.permissions.refuse_joins"],
	"CX Visit": ["cx_desk.permissions.scoped_query", "cx_desk.permissions.refuse_joins"],
	"CX Visit Voice": ["cx_desk.permissions.visit_voice_query", "cx_desk.permissions.refuse_joins"],
	"CX Resolver Question": "cx_desk.permissions.scoped_query",
	"CX Visit Round": "cx_desk.permissions.scoped_query",
	"CX Business Knowledge": "cx_desk.permissions.scoped_query",
	"CX Story": "cx_desk.permissions.scoped_query",
	"CX Story Evidence": "cx_desk.permissions.child_query",
	"CX Initiative": ["cx_desk.permissions.initiative_query", "cx_desk.permissions.refuse_joins"],
	"CX Open Question": ["cx_desk.permissions.initiative_part_query", "cx_desk.permissions.refuse_joins"],
	"CX Consideration": ["cx_desk.permissions.initiative_part_query", "cx_desk.permissions.refuse_joins"],
	"CX Benefit": ["cx_desk.permissions.initiative_part_query", "cx_desk.permissions.refuse_joins"],
	"CX Announcement": ["cx_desk.permissions.initiative_part_query", "cx_desk.permissions.refuse_joins"],
	"CX Initiative Ticket": ["cx_desk.permissions.initiative_part_query", "cx_desk.permissions.refuse_joins"],
	"CX Initiative Unit": "cx_desk.permissions.child_query",
	"CX Initiative Person": "cx_desk.permissions.child_query",
	"CX Initiative Criterion": "cx_desk.permissions.child_query",
	"CX Initiative Gate": "cx_desk.permissions.child_query",
	"CX Initiative Risk": "cx_desk.permissions.child_query",
	"CX Initiative Skill": "cx_desk.permissions.child_query",
	"CX Initiative Exit": "cx_desk.permissions.child_query",
	"CX Initiative Step": "cx_desk.permissions.child_query",
	"CX Early Life Check": "cx_desk.permissions.child_query",
	"CX Early Life Extension": "cx_desk.permissions.child_query",
	"CX Question Step": "cx_desk.permissions.child_query",
	"CX Benefit Reading": "cx_desk.permissions.child_query",
	"CX Benefit Step": "cx_desk.permissions.child_query",
	"CX Announcement Receipt": "cx_desk.permissions.child_query",
}

has_permission = {
	"CX Business Unit": "cx_desk.permissions.business_unit_permission",
	"CX Unit Mapping": "cx_desk.permissions.unit_mapping_permission",
	"CX Voice": "cx_desk.permissions.voice_permission",
	"CX Survey Invitation": "cx_desk.permissions.scoped_permission",
	"CX Survey Response": "cx_desk.permissions.response_permission",
	"CX Survey Link": "cx_desk.permissions.scoped_permission",
	"CX Contact Preference": "cx_desk.permissions.contact_preference_permission",
	"CX Score Rollup": "cx_desk.permissions.rollup_permission",
	"CX Unit Snapshot": "cx_desk.permissions.snapshot_permission",
	"CX Experience Target": "cx_desk.permissions.scoped_permission",
	"CX Conversation": "cx_desk.permissions.scoped_permission",
	"CX Signal": "cx_desk.permissions.scoped_permission",
	"CX Unit Week": "cx_desk.permissions.scoped_permission",
	"CX Visit": "cx_desk.permissions.scoped_permission",
	"CX Visit Voice": "cx_desk.permissions.visit_voice_permission",
	"CX Resolver Question": "cx_desk.permissions.scoped_permission",
	"CX Visit Round": "cx_desk.permissions.scoped_permission",
	"CX Business Knowledge": "cx_desk.permissions.scoped_permission",
	"CX Story": "cx_desk.permissions.scoped_permission",
	"CX Initiative": "cx_desk.permissions.initiative_permission",
	"CX Open Question": "cx_desk.permissions.initiative_part_permission",
	"CX Consideration": "cx_desk.permissions.initiative_part_permission",
	"CX Benefit": "cx_desk.permissions.initiative_part_permission",
	"CX Announcement": "cx_desk.permissions.initiative_part_permission",
	"CX Initiative Ticket": "cx_desk.permissions.initiative_part_permission",
}

# A ticket, contact or customer can be deleted although our records name it; the link then shows as deleted.
ignore_links_on_delete = [
	"CX Business Unit",
	"CX Voice",
	"CX Survey Invitation",
	"CX Survey Response",
	"CX Contact Preference",
	"CX Unit Mapping",
	"CX Unit Person",
	"CX Experience Target",
	"CX Trigger Filter",
	"CX Team Lead",
	"CX Acting Rule",
	"CX Conversation",
	"CX Conversation Person",
	"CX Unit Want",
	"CX Visit",
	"CX Visit Person",
	"CX Visit Voice",
	"CX Story",
	"CX Story Evidence",
	"CX Initiative",
	"CX Consideration",
	"CX Initiative Ticket",
	"CX Template Consideration",
]

website_route_rules = [
	{"from_route": "/cx/a/<token>", "to_route": "cx/answer"},
	{"from_route": "/cx/n/<token>", "to_route": "cx/anonymous"},
	{"from_route": "/cx/s/<token>", "to_route": "cx/link"},
	{"from_route": "/cx/m/<token>", "to_route": "cx/mine"},
	{"from_route": "/cx/u/<token>", "to_route": "cx/unsubscribe"},
	{"from_route": "/cx/v/<token>", "to_route": "cx/settle"},
	{"from_route": "/cx/h/<token>", "to_route": "cx/host"},
	{"from_route": "/cx/i/<token>", "to_route": "cx/initiative"},
]

# Pages under /cx/ are found and shown past the host's website: it costs ten times what they do.
website_path_resolver = ["cx_desk.host.website.find_page"]
page_renderer = ["cx_desk.host.website.CXPage", "cx_desk.api.source_inbox.SourceInbox"]

after_request = [
	"cx_desk.host.headers.protect_cx_pages",
	"cx_desk.host.exports.neutralise_formulas",
	"cx_desk.api.source_inbox.refuse_unreadable",
	"cx_desk.host.requests.explain_unreadable",
	"cx_desk.api.host_doors.fold_links",
]

# Automatic answers are told from people's before the host drops the headers of a mail.
before_job = ["cx_desk.host.incoming.before_job"]
before_request = [
	"cx_desk.host.incoming.before_request",
	"cx_desk.api.source_inbox.keep_fields_apart",
	"cx_desk.host.requests.refuse_malformed",
]
# The first moment at which the caller is known, by cookie or by token: before_request is too early for a token.
auth_hooks = ["cx_desk.api.host_doors.close"]
# Functions that know what a received mail is about where the host cannot.
cx_incoming_mail = ["cx_desk.surveys.bounces.claim_report"]

# Sections of the CX dialog on the ticket, in order; each area registers its own here.
cx_dialog_sections = [
	"cx_desk.units.dialog.person_section",
	"cx_desk.units.dialog.last_voice_section",
	"cx_desk.units.dialog.unit_section",
	"cx_desk.immersion.dialog.section",
	"cx_desk.surveys.dialog.survey_section",
	"cx_desk.initiatives.dialog.section",
]

# Sections of My business, in order; visits and initiatives register theirs here. What one returns: my_business.py.
cx_my_business_sections = [
	"cx_desk.relationship.calls.section",
	"cx_desk.relationship.my_business.signals_section",
	"cx_desk.relationship.my_business.voices_section",
	"cx_desk.relationship.my_business.planned_section",
	"cx_desk.immersion.my_business.section",
	"cx_desk.relationship.my_business.lights_section",
	"cx_desk.initiatives.my_business.section",
]

# What the print format Service Review Pack reads.
jinja = {
	"methods": [
		"cx_desk.relationship.review_pack.cx_review_pack",
		"cx_desk.initiatives.acceptance.cx_readiness",
		"cx_desk.immersion.stories.cx_story",
	]
}

# Further sections of the service review pack; visits and initiatives register theirs here, as (pack) -> dict | None
# with title, lines (texts) and optional rows (lists of texts, the first one the head).
cx_review_pack_sections = [
	"cx_desk.immersion.review_pack.section",
	"cx_desk.initiatives.review_pack.section",
	"cx_desk.surveys.targets.review_section",
]

# Further sections of the Monday mail, as (user, since) -> dict | None with title, total, lines (text, link, name), more,
# more_link and empty.
cx_monday_sections = [
	"cx_desk.relationship.calls.monday_section",
	"cx_desk.surveys.targets.monday_section",
]

# Where records hold a mail address: what the host's download gives and its deletion lists. What becomes of all the
# rest stands in core/personal_data.py and is done when the host has finished.
user_data_fields = [
	{"doctype": "CX Announcement Receipt", "filter_by": "email", "redact_fields": ["email"]},
	{"doctype": "CX Benefit", "filter_by": "owner_email", "redact_fields": ["owner_email"]},
	{"doctype": "CX Benefit", "filter_by": "next_owner_email", "redact_fields": ["next_owner_email"]},
	{"doctype": "CX Conversation Person", "filter_by": "email", "redact_fields": ["email"]},
	{"doctype": "CX Initiative", "filter_by": "requester_email", "redact_fields": ["requester_email"]},
	{"doctype": "CX Initiative", "filter_by": "sponsor_email", "redact_fields": ["sponsor_email"]},
	{"doctype": "CX Initiative Person", "filter_by": "email", "redact_fields": ["email"]},
	{"doctype": "CX Open Question", "filter_by": "addressee_email", "redact_fields": ["addressee_email"]},
	{"doctype": "CX Survey Invitation", "filter_by": "recipient", "redact_fields": ["recipient"]},
	{"doctype": "CX Survey Response", "filter_by": "reply_to", "redact_fields": ["reply_to"]},
	{"doctype": "CX Unit Mapping", "filter_by": "value", "redact_fields": ["value"]},
	{"doctype": "CX Visit", "filter_by": "host_email", "redact_fields": ["host_email"]},
	{"doctype": "CX Visit Person", "filter_by": "email", "redact_fields": ["email"]},
	{"doctype": "CX Voice", "filter_by": "source_email", "redact_fields": ["source_email"]},
]

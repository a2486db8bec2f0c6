"""The names of Helpdesk's doctypes and roles: the one place outside hooks.py where they are written down."""

TICKET = "HD Ticket"
STATUS = "HD Ticket Status"
PRIORITY = "HD Ticket Priority"
TICKET_TYPE = "HD Ticket Type"
TICKET_TEMPLATE = "HD Ticket Template"
TICKET_TEMPLATE_FIELD = "HD Ticket Template Field"
TICKET_ACTIVITY = "HD Ticket Activity"
TICKET_COMMENT = "HD Ticket Comment"
NOTIFICATION = "HD Notification"
FEEDBACK_OPTION = "HD Ticket Feedback Option"
TEAM = "HD Team"
TEAM_MEMBER = "HD Team Member"
CUSTOMER = "HD Customer"
AGENT = "HD Agent"
SLA = "HD Service Level Agreement"
HOLIDAY_LIST = "HD Service Holiday List"
SERVICE_DAY = "HD Service Day"
HOLIDAY = "HD Holiday"
SETTINGS = "HD Settings"
ARTICLE = "HD Article"
ARTICLE_CATEGORY = "HD Article Category"
VIEW = "HD View"
FORM_SCRIPT = "HD Form Script"

DEFAULT_TEMPLATE = "Default"

# Categories of a ticket's status: fixed in the host, while the statuses themselves are the admin's.
OPEN = "Open"
PAUSED = "Paused"
RESOLVED = "Resolved"

# Roles of Helpdesk whose holders work on tickets.
AGENT_ROLES = ("Agent", "Agent Manager")

"""CX Desk extends Frappe Helpdesk for desks that work from the outside in."""

__version__ = "0.1.0"

"""Doors of the survey builder. Each has types and a permission check, and saves nothing."""

import frappe

from cx_desk.host import requests
from cx_desk.surveys import builder


@frappe.whitelist(methods=["GET"])
def offered() -> dict:
	"""What can be built: types, scales, looks, fields; see surveys/builder.offered. Needs to read surveys."""
	frappe.has_permission("CX Survey", "read", throw=True)
	return builder.offered()


@frappe.whitelist(methods=["POST"])
def preview(doc: str | dict, language: str = "") -> dict:
	"""The page of an unsaved survey with its mistakes and texts; see surveys/builder.preview. Needs to read surveys:
	a page of what somebody typed tells nobody more than they typed.
	"""
	frappe.has_permission("CX Survey", "read", throw=True)
	return builder.preview(requests.as_json(doc, dict), language)

"""Generated requests to every endpoint and every guest page: a clear message, the right 4xx, no 500, nothing stored.

With CX_LONG=1 ten thousand of them, else a few hundred. The seed is fixed: a failure names its request.
"""

import ast
import json
import random
import string
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlencode

import survey_kit as kit
import unit_kit

import frappe
from frappe.tests.utils import FrappeTestCase

sys.path.insert(0, str(Path(__file__).parent))
from fault_kit import LONG, ROOT

REQUESTS = 10_000 if LONG else 400
HOSTILE = (
	"",
	" ",
	"'",
	'"',
	"' OR 1=1 -- ",
	"'; DROP TABLE `tabCX Voice`; --",
	"<script>alert(1)</script>",
	"{{ 7 * 7 }}",
	"{% raw %}",
	"=cmd|' /C calc'!A0",
	"../../../etc/passwd",
	"%00",
	"\x00",
	"\u202e\u0000\ud83d",
	"\U0001f600" * 50,
	"null",
	"None",
	"undefined",
	"NaN",
	"-1",
	"0",
	"1e999",
	"99999999999999999999",
	"2026-02-30",
	"0000-00-00",
	"9999-12-31 23:59:59",
	"[]",
	"{}",
	"[[[[]]]]",
	'{"a": {"b": [1, null]}}',
	'["x", 1, null]',
	"[" * 300,
	"a" * 5000,
	"All Units",
	"Administrator",
	"CX Settings",
	"CX Survey",
	"DocType",
	"true",
	"en-US",
	"x" * 24,
)
RIGHT = {200, 301, 302, 400, 401, 403, 404, 405, 409, 410, 413, 414, 415, 417, 422, 429}
# What the host writes about any request, whoever makes it.
HOSTS = {
	"tabError Log",
	"tabActivity Log",
	"tabRoute History",
	"tabSessions",
	"tabUser",
	"tabSingles",
	"tabScheduled Job Log",
	"tabScheduled Job Type",
	"tabDefaultValue",
	"__UserSettings",
	"tabAccess Log",
	"tabView Log",
	"tabSeries",
}


def endpoints():
	"""(dotted path, methods, parameter names) of every whitelisted function of ours."""
	for path in sorted((ROOT / "cx_desk").rglob("*.py")):
		if "tests" in path.parts or "demo" in path.parts:
			continue
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			if not isinstance(node, ast.FunctionDef):
				continue
			for decorator in node.decorator_list:
				call = decorator if isinstance(decorator, ast.Call) else None
				name = ast.unparse(call.func if call else decorator)
				if name != "frappe.whitelist":
					continue
				methods = ["GET", "POST"]
				for keyword in call.keywords if call else ():
					if keyword.arg == "methods":
						methods = ast.literal_eval(keyword.value)
				module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
				arguments = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
				yield f"{module}.{node.name}", methods, [one for one in arguments if one != "self"]


def pages():
	"""The addresses of the guest pages, a place in each for what would be a token."""
	for rule in frappe.get_hooks("website_route_rules"):
		if rule["from_route"].startswith("/cx/"):
			yield rule["from_route"].split("<")[0]
	for path in sorted((ROOT / "cx_desk" / "www" / "cx").glob("*.py")):
		if path.stem != "__init__":
			yield f"/cx/{path.stem}"


class TestMalformedRequests(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		cls.random = random.Random(20261122)
		cls.users = {"Guest": ""}
		for name, roles in (
			("manager", ("CX Manager", "System Manager", "Agent")),
			("liaison", ("CX Liaison", "Agent")),
			("agent", ("Agent",)),
			("portal", ()),
		):
			user = unit_kit.make_user(
				f"malformed.{name}@desk.example", *roles, user_type="System User" if roles else "Website User"
			)
			doc = frappe.get_doc("User", user)
			doc.api_key, doc.api_secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
			doc.save()
			cls.users[name] = f"token {doc.api_key}:{doc.get_password('api_secret')}"
		frappe.db.commit()

	@classmethod
	def tearDownClass(cls):
		frappe.db.rollback()
		for name in ("manager", "liaison", "agent", "portal"):
			frappe.delete_doc("User", f"malformed.{name}@desk.example", force=True, ignore_missing=True)
		frappe.db.commit()
		super().tearDownClass()

	def value(self):
		"""Something that nobody asked for."""
		choice = self.random.random()
		if choice < 0.7:
			return self.random.choice(HOSTILE)
		if choice < 0.8:
			return "".join(self.random.choice(string.printable) for _ in range(self.random.randrange(1, 60)))
		return "".join(chr(self.random.randrange(1, 0xD7FF)) for _ in range(self.random.randrange(1, 40)))

	def call(self):
		"""(method, path, options, user) of one request to an endpoint."""
		name, methods, arguments = self.random.choice(self.endpoints)
		method = self.random.choice([*methods * 4, "GET", "POST", "PUT", "DELETE", "HEAD"])
		given = {one: self.value() for one in arguments if self.random.random() < 0.8}
		if self.random.random() < 0.2:
			given[self.value()[:40].replace("\ud83d", "") or "x"] = self.value()
		user = self.random.choice(list(self.users))
		options = {"headers": {"Authorization": self.users[user]} if self.users[user] else {}}
		path = f"/api/method/{name}"
		if method in ("GET", "HEAD", "DELETE"):
			path += "?" + urlencode(given, errors="surrogatepass")[:4000]
		elif self.random.random() < 0.5:
			options["data"] = {key: value.encode("utf-8", "surrogatepass") for key, value in given.items()}
		else:
			body = json.dumps({key: self.anything(value) for key, value in given.items()})
			options["data"] = body if self.random.random() < 0.8 else body[: len(body) // 2]
			options["content_type"] = "application/json"
		return method, path, options, user

	def anything(self, value):
		return self.random.choice([value, value, [value], {"x": value}, 7, -1.5, None, True])

	def page(self):
		front = self.random.choice(self.pages)
		path = front
		if front.endswith("/"):
			token = quote(self.value().encode("utf-8", "surrogatepass"), safe="~-._") or "-"
			path += token[:3000]
		if self.random.random() < 0.3:
			path += "?" + urlencode({"r": self.value(), "all": self.value()}, errors="surrogatepass")[:3000]
		method = self.random.choice(["GET", "GET", "POST", "POST", "HEAD", "PUT"])
		options = {}
		if method in ("POST", "PUT"):
			names = (
				"stamp",
				"comment",
				"q_1",
				"gestures",
				"website",
				"back",
				"kind",
				self.value()[:30].replace("\ud83d", "") or "y",
			)
			options["data"] = {name: self.value().encode("utf-8", "surrogatepass") for name in names}
			if self.random.random() < 0.1:
				options = {
					"data": self.value().encode("utf-8", "surrogatepass"),
					"content_type": "multipart/form-data",
				}
		return method, path, options, "Guest"

	def rows(self):
		frappe.db.rollback()
		tables = frappe.db.sql(
			"select table_name from information_schema.tables where table_schema = database() and"
			" table_type = 'BASE TABLE'",
			pluck=True,
		)
		return {
			table: frappe.db.sql(f"checksum table `{table}`")[0][1] for table in tables if table not in HOSTS
		}

	def test_no_500_and_nothing_stored(self):
		self.endpoints, self.pages = list(endpoints()), list(pages())
		self.assertGreater(len(self.endpoints), 60)
		self.assertGreater(len(self.pages), 8)
		before, wrong, seen = self.rows(), [], Counter()
		for number in range(REQUESTS):
			if number % 40 == 0:
				# What turns away who tries too often is tried elsewhere; here every request is to be read.
				kit.clear_counters()
				frappe.cache.delete_keys("rl:")
			method, path, options, user = self.page() if number % 3 == 0 else self.call()
			try:
				answer = kit.http(method, path, **options)
			except IndexError:
				wrong.append(("no answer", user, method, path[:300], str(options.get("data"))[:300]))
				continue
			seen[answer.status_code] += 1
			text = answer.get_data(as_text=True)
			if answer.status_code not in RIGHT:
				wrong.append(
					(
						answer.status_code,
						user,
						method,
						path[:300],
						str(options.get("data"))[:300],
						text[-600:],
					)
				)
			elif method != "HEAD" and answer.status_code >= 400 and not self.says_something(answer, text):
				wrong.append((answer.status_code, user, method, path[:200], "says nothing", text[:300]))
		print(f"\n{sum(seen.values())} requests: {dict(sorted(seen.items()))}")
		for one in wrong:
			print("\nWRONG", *one)
		self.assertEqual(len(wrong), 0, "the lines that begin with WRONG name the requests")
		after = self.rows()
		self.assertEqual({table for table in before if before[table] != after.get(table)}, set())

	def test_what_is_wrong_is_named(self):
		kit.clear_counters()
		headers = {"Authorization": self.users["manager"]}
		answer = kit.http("GET", "/api/method/cx_desk.api.v1.card", headers=headers)
		self.assertEqual(answer.status_code, 400)
		self.assertIn("This request lacks: survey.", answer.get_data(as_text=True))
		asked = {"headers": headers, "content_type": "application/json"}
		for body, says in (
			('{"survey": ', "no JSON object"),
			("[1]", "lacks"),
			('{"survey": "\\ud83d"}', "no text can hold"),
		):
			answer = kit.http("POST", "/api/method/cx_desk.api.v1.send", data=body, **asked)
			self.assertEqual(answer.status_code, 400, body)
			self.assertIn(says, answer.get_data(as_text=True), body)

	def says_something(self, answer, text):
		if "json" in (answer.content_type or ""):
			found = json.loads(text)
			return bool(
				found.get("_server_messages")
				or found.get("exception")
				or found.get("message")
				or found.get("exc_type")
			)
		return len(text) > 30

"""`make pot`: collect the texts of the app into cx_desk/locale/main.pot with the bench's own command."""

import re

import benches
import checkout
from machine import ROOT, Missing, fail, run, say

POT = "cx_desk/locale/main.pot"
# Changes with every run and says nothing.
STAMP = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*\n', re.M)


def main() -> int:
	try:
		bench = benches.find()
		with checkout.lock(bench):
			checkout.place(bench)
			folder = checkout.copy_beside(bench)
			env = checkout.environment(bench, folder)
			checkout.check_loaded(bench, folder)
			# The host's command asks git which files are ignored.
			run(["git", "init", "-q", folder], user=bench.owner)
			bench.run("generate-pot-file", "--app", checkout.APP, env=env)
	except (Missing, RuntimeError) as error:
		fail(f"not collected: {error}")
	text = STAMP.sub("", (folder / POT).read_text(encoding="utf-8"))
	target = ROOT / POT
	target.parent.mkdir(exist_ok=True)
	target.write_text(text, encoding="utf-8")
	say(f"{text.count('msgid ') - 1} texts in {target}")
	return 0

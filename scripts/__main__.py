"""The project's commands, called by the Makefile: python3 scripts COMMAND [arguments]."""

import argparse
import sys

if sys.version_info < (3, 10):  # noqa: UP036 (said plainly to whoever runs it with an old Python)
	sys.exit("CX Desk needs Python 3.10 or newer")


def main() -> int:
	parser = argparse.ArgumentParser(prog="python3 scripts", description=__doc__)
	commands = parser.add_subparsers(dest="command", required=True)
	test = commands.add_parser("test", help="run layers of tests")
	test.add_argument("layers", nargs="*", default=[])
	test.add_argument("--only", nargs="*", help="paths under tests/ instead of a whole layer")
	commands.add_parser("lint", help="ruff, installed from the Python registry where missing")
	perf = commands.add_parser("perf", help="measure")
	perf.add_argument("--write", action="store_true", help="also write docs/reference/performance.md")
	perf.add_argument("rows", nargs="*", help="such as P6 P9; all by default")
	demo = commands.add_parser("demo", help="bench, site and demo company")
	demo.add_argument("--incidents", type=int, default=1000)
	commands.add_parser("pot", help="collect the texts to translate")
	commands.add_parser("demo-stop", help="stop the demo's processes")
	commands.add_parser("demo-remove", help="stop, and remove the demo's site")
	options = parser.parse_args()

	if options.command in ("test", "lint"):
		import testing

		if options.command == "lint":
			testing.portable_python("ruff")
			return testing.main(["lint"])
		return testing.main(options.layers or list(testing.LAYERS), options.only)
	if options.command == "perf":
		import measuring

		return measuring.main(options.rows, options.write)
	if options.command == "pot":
		import texts

		return texts.main()
	import trying

	if options.command == "demo":
		return trying.start(options.incidents)
	return trying.stop() if options.command == "demo-stop" else trying.remove()


if __name__ == "__main__":
	sys.exit(main())

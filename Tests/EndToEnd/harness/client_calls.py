"""The calls that our client for Stripe can make, and those of them that a whole run of the tests never made.

`python -m harness.client_calls FOLDER` fails when the records in FOLDER lack one."""

import re
import sys
from pathlib import Path

from harness import recorded
from harness.program import ROOT

CLIENT = ROOT / "Shared" / "StripeClient"
PROGRAMS = [ROOT / "Services", ROOT / "Shared", ROOT / "Tools" / "CheckoutCtl"]
# A thin event names the path itself: it is one of the others', or one that no method is for.
NAMED_BY_EVENT = "relatedObject"
CALL = re.compile(r"""\b(get|post|delete|list)\(\s*"(/v[^"]*)"|method: \.(GET|POST|DELETE), path: "(/v[^"]*)\"""")


def methods():
    """Each method that our programs use, and its call: `paymentIntent`: `GET /v1/payment_intents/{id}`."""
    declared = dict(
        pair for file in sorted((CLIENT / "Calls").glob("*.swift")) for pair in methods_in(file.read_text())
    )
    sources = [file for folder in PROGRAMS for file in folder.rglob("*.swift") if CLIENT not in file.parents]
    used = {name for file in sources for name in used_in(file.read_text())}
    return {name: call for name, call in declared.items() if name in used}


def methods_in(source):
    """Those that make none themselves call others that do."""
    for part in re.split(r"^    package func ", source, flags=re.MULTILINE)[1:]:
        name = part[: part.index("(")]
        found = CALL.search(part)
        if found:
            verb = (found[1] or found[3]).upper().replace("LIST", "GET")
            path = re.sub(r"\\\(\w+\)", "{id}", found[2] or found[4])
            yield name, f"{verb} {path}"
        elif name != NAMED_BY_EVENT and "await updateSubscription(" not in part:
            raise AssertionError(f"which call does {name} make?")


def used_in(source):
    """The methods that are called with credentials; only `reach` takes none."""
    for start in re.finditer(r"\b(\w+)\(", source):
        depth, end = 1, start.end()
        while depth and end < len(source):
            depth += {"(": 1, ")": -1}.get(source[end], 0)
            end += 1
        if re.search(r"\bas: [\w$.]+\s*\)$", source[start.end() : end]) or start[1] == "reach":
            yield start[1]


def unseen(wanted, calls):
    """The methods whose calls are not among `calls`, with their calls. One that Stripe never once did proves nothing."""
    made = {(call["method"], call["path"]) for call in calls if 200 <= (call["status"] or 0) < 300}

    def is_made(call):
        method, path = call.split(" ")
        pattern = re.compile(path.replace("{id}", "[^/]+"))
        return any(method == one and pattern.fullmatch(other) for one, other in made)

    return [f"{name}: {call}" for name, call in wanted.items() if not is_made(call)]


def main(folder):
    calls = [call for file in sorted(Path(folder).glob("*.jsonl")) for call in recorded.read(file)]
    wanted = methods()
    missing = unseen(wanted, calls)
    print(f"{len(calls)} calls by our programs, {len(wanted) - len(missing)} of the client's {len(wanted)}")
    if missing:
        print("Never made in the end-to-end tests, or never with success:", *missing, sep="\n  ", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

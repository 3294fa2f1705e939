"""Who may speak with whom: as the NetworkPolicies say it, and as the table in the folder's README does.

An arrow is `(from, to, port)`: pods by their name label, `namespace NAME`, `internet` (without private addresses) or
`any address`; a port as 443 or 53/UDP.
"""

import ipaddress
import re
from typing import NamedTuple

from kube.manifests import FOLDER, PROGRAMS, ROOT, of_kind, pod_labels, workloads

NAME = "app.kubernetes.io/name"
DATABASE = "checkout-database"
# What the operator of postgres/ makes, as far as policies see it.
DATABASE_POD = {"cnpg.io/cluster": DATABASE}
OURS = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]


def matches(selector, labels):
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for one in selector.get("matchExpressions", []):
        if one["operator"] != "In":
            raise AssertionError(f"this check does not know the operator {one['operator']}")
        if labels.get(one["key"]) not in one["values"]:
            return False
    return True


def pods(objects):
    found = {pod_labels(one)[NAME]: pod_labels(one) for one in workloads(objects)}
    if of_kind(objects, "Cluster"):
        found[DATABASE] = DATABASE_POD
    return found


def of_addresses(block):
    network = ipaddress.ip_network(block["cidr"])
    left_out = [ipaddress.ip_network(one) for one in block.get("except", [])]
    if network.version == 6:
        # A dual-stack cluster's own pods and nodes have global addresses, too.
        return "any address"
    private = all(any(ipaddress.ip_network(one).subnet_of(out) for out in left_out) for one in OURS)
    return "internet" if private else "any address"


def ends(peers, known):
    """The names behind a rule's `from` or `to`."""
    if not peers:
        return {"anyone"}
    found = set()
    for peer in peers:
        if "ipBlock" in peer:
            found.add(of_addresses(peer["ipBlock"]))
        elif "namespaceSelector" in peer:
            labels = peer["namespaceSelector"].get("matchLabels", {})
            namespace = labels.get("kubernetes.io/metadata.name", "any")
            inner = "".join(f" {value}" for value in peer.get("podSelector", {}).get("matchLabels", {}).values())
            found.add(f"namespace {namespace}{inner}")
        else:
            found |= {name for name, labels in known.items() if matches(peer["podSelector"], labels)}
    return found


def ports(rule):
    if not rule.get("ports"):
        return {"any"}
    numbers = ((str(one.get("port", "any")), one.get("protocol", "TCP")) for one in rule["ports"])
    return {number if protocol == "TCP" else f"{number}/{protocol}" for number, protocol in numbers}


def allowed(objects):
    """The arrows that the policies let through, and what is wrong with the policies as such."""
    known = pods(objects)
    out, into, closed, faults = set(), set(), set(), []
    for policy in of_kind(objects, "NetworkPolicy"):
        spec = policy["spec"]
        chosen = [name for name, labels in known.items() if matches(spec["podSelector"], labels)]
        if not chosen:
            faults.append(f"{policy['metadata']['name']} is of no pod")
        closed |= {(name, kind) for name in chosen for kind in spec["policyTypes"]}
        for rule in spec.get("egress", []):
            out |= {(name, to, port) for name in chosen for to in ends(rule.get("to"), known) for port in ports(rule)}
        for rule in spec.get("ingress", []):
            into |= {
                (end, name, port) for name in chosen for end in ends(rule.get("from"), known) for port in ports(rule)
            }
    for name in known:
        faults += [
            f"{name}: no policy bounds its {kind}" for kind in ("Ingress", "Egress") if (name, kind) not in closed
        ]
    # Between two of our pods both must agree.
    faults += [f"{one} may be sent and not received" for one in sorted(out - into) if one[1] in known]
    faults += [f"{one} may be received and not sent" for one in sorted(into - out) if one[0] in known]
    return out | into, faults


class Row(NamedTuple):
    """A row of the README's table; a cell may hold several."""

    starts: list[str]
    ends: list[str]
    ports: list[str]
    where: list[str]
    # `picture: STRIPE`, what it is there, or `upkeep`.
    drawn: str


def rows(readme=FOLDER / "README.md"):
    found = []
    for line in readme.read_text(encoding="utf-8").split("<!-- arrows -->")[1].splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[0] not in ("from", "---"):
            found.append(Row(*(re.split(r",\s*", cell) for cell in cells[:4]), cells[4]))
    return found


def drawn(where, readme=FOLDER / "README.md"):
    """The arrows of the README's table that hold in an overlay: all those of `everywhere`, and its own."""
    return {
        (start, end, port)
        for row in rows(readme)
        if {"everywhere", where} & set(row.where)
        for start in row.starts
        for end in row.ends
        for port in row.ports
    }


def faults(objects, where, readme=FOLDER / "README.md"):
    arrows, found = allowed(objects)
    table = drawn(where, readme)
    found += [f"{one} is let through and not in the table" for one in sorted(arrows - table)]
    found += [f"{one} is in the table and not let through" for one in sorted(table - arrows)]
    return found


# Whom the programs deal with in the picture. What is in brackets there is a transaction in the database.
OTHERS = ["Stripe", "storefront", "email", "["]


def picture(readme=ROOT / "README.md"):
    """The arrows of the main README's picture that begin or end at a program."""
    lines = readme.read_text(encoding="utf-8").split("## How a payment flows")[1].split("\n\n")[1].splitlines()
    found, program = set(), None
    for line in lines:
        before = True
        cells = [cell.strip() for cell in re.split(r"──[^▶]*▶", line)]
        if cells[0] == "job":
            # Goes on where the line above was.
            cells[0] = program
        here = next((one for cell in cells for one in PROGRAMS if cell.startswith(one)), None)
        for cell in cells:
            if here and cell.startswith(here):
                before = False
            elif here:
                other = next((one for one in OTHERS if one in cell), None)
                found |= {(other, here) if before else (here, other)} if other else set()
        program = here
    return found


def picture_faults(readme=FOLDER / "README.md", main=ROOT / "README.md"):
    """A row of the picture is an arrow there, an arrow there that begins or ends at a program is a row."""
    table, found = set(), []
    for row in rows(readme):
        kind, _, other = row.drawn.partition(": ")
        if kind not in ("picture", "upkeep") or (kind == "picture") != bool(other):
            found.append(f"'{row.drawn}' says neither picture nor upkeep")
        elif kind == "picture":
            into = [(other, end) for end in row.ends if end in PROGRAMS]
            table |= set(into or [(start, other) for start in row.starts])
    edges = picture(main)
    found += [f"{one} is in the table and not in the picture" for one in sorted(table - edges)]
    found += [f"{one} is in the picture and not in the table" for one in sorted(edges - table)]
    return found

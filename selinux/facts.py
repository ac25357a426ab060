#!/usr/bin/python3
"""Prints what a kernel policy says of some domains, as JSON: facts.py POLICY DOMAIN...

It only reads. What the facts must be is decided in Sources/PolicyAnalysis.
"""

import json
import sys

import setools


def expand(symbol):
    return [str(one) for one in symbol.expand()] if hasattr(symbol, "expand") else [str(symbol)]


def permissions(rule):
    return sorted(str(one) for one in rule.perms)


def condition(rule):
    try:
        return f"{rule.conditional} is {rule.conditional_block}"
    except Exception:  # setools' way to say that the rule is unconditional
        return None


def main(path, domains):
    policy = setools.SELinuxPolicy(path)
    wanted = set(domains)
    expanded = {}
    allows, transitions, defaults, ioctls = [], [], [], []

    def types(symbol):
        name = str(symbol)
        if name not in expanded:
            expanded[name] = expand(symbol)
        return expanded[name]

    for rule in policy.terules():
        kind = str(rule.ruletype)
        if kind not in ("allow", "allowxperm", "type_transition"):
            continue
        sources, object_class = types(rule.source), str(rule.tclass)
        ours = wanted.intersection(sources)
        if kind == "allow":
            entering = object_class == "process" and {"transition", "dyntransition"} & set(rule.perms)
            entry = object_class == "file" and "entrypoint" in rule.perms
            # Who else may change what is ours: only of interest where the target is named by one of our rules.
            fact = None
            if ours or entering or entry:
                fact = {"class": object_class, "permissions": permissions(rule), "condition": condition(rule),
                        "targets": types(rule.target), "rule": str(rule)}
            if ours:
                allows.append(dict(fact, sources=sorted(ours)))
            if entering or entry:
                transitions.append(dict(fact, sources=sources))
        elif kind == "allowxperm" and ours:
            ioctls.append({"sources": sorted(ours), "targets": types(rule.target), "class": object_class,
                           "permissions": sorted(hex(one) for one in rule.perms), "rule": str(rule)})
        elif kind == "type_transition" and ours:
            defaults.append({"sources": sorted(ours), "targets": types(rule.target), "class": object_class,
                             "default": str(rule.default), "rule": str(rule)})
    json.dump({
        "types": sorted(str(one) for one in policy.types()),
        "aliases": {alias: str(one) for one in policy.types() for alias in map(str, one.aliases())},
        "attributes": {str(one): sorted(map(str, one.expand())) for one in policy.typeattributes()},
        "classes": {str(one): sorted(set(one.perms) | set(inherited(one))) for one in policy.classes()},
        "permissive": sorted(str(one) for one in policy.types() if one.ispermissive),
        "roles": {str(one): sorted(map(str, one.types())) for one in policy.roles()},
        "roleAllows": [[str(s), str(t)] for r in policy.rbacrules() if str(r.ruletype) == "allow"
                       for s in types(r.source) for t in types(r.target)],
        "users": {str(one): {"roles": sorted(map(str, one.roles)), "range": str(one.mls_range)}
                  for one in policy.users()},
        "booleans": {str(one): bool(one.state) for one in policy.bools()},
        "allows": allows, "transitions": transitions, "defaults": defaults, "ioctls": ioctls,
    }, sys.stdout)


def inherited(object_class):
    try:
        return object_class.common.perms
    except Exception:
        return []


main(sys.argv[1], sys.argv[2:])

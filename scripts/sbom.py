#!/usr/bin/env python3
"""The bill of materials of one function's binary, as CycloneDX 1.6 in JSON on standard output.

Usage: scripts/sbom.py [--platform linux/arm64|linux/amd64] [--binary FILE | --image URI@DIGEST] FUNCTION

FUNCTION is collector, delibird or custom; the platform is linux/arm64 unless said otherwise. Each
crate of its tree that is not for tests or build scripts alone has name, version, purl, licence and,
from Cargo.lock, the checksum of its archive. Macros, which run while compiling and are not in the
binary, have the scope "excluded". --binary adds the SHA-256 of the file, --image the digest.
The same source gives the same bytes. Rust's standard library and glibc are not listed.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGETS = {"linux/arm64": "aarch64-unknown-linux-gnu", "linux/amd64": "x86_64-unknown-linux-gnu"}
CARGO = os.environ.get("CARGO", "cargo")


def cargo(*arguments):
    run = subprocess.run([CARGO, *arguments, "--locked"], cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if run.returncode != 0:
        sys.exit(f"sbom: cargo {arguments[0]} failed: what it says is above")
    return run.stdout.decode()


def tree(function, target, edges):
    """Depth, name and version, line by line. `cargo metadata` would take features that other
    members of the workspace turn on; the tree of one package has its own alone."""
    text = cargo("tree", "-p", function, "-e", edges, "--target", target, "--prefix", "depth", "-f", " {p}")
    for line in text.splitlines():
        depth, name, version = line.split()[:3]
        yield int(depth), (name, version.removeprefix("v"))


def depends(lines):
    """Of each package, what it depends on. A subtree is printed once, where it is first met."""
    edges, path = {}, []
    for depth, package in lines:
        del path[depth:]
        if path:
            edges[path[-1]].add(package)
        edges.setdefault(package, set())
        path.append(package)
    return edges


def checksums():
    entry = r'name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"'
    lock = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
    return {(name, version): checksum for name, version, checksum in re.findall(entry, lock)}


def reference(package, published):
    """A crate of ours is no crate of the registry that happens to have its name."""
    return f"pkg:{'cargo' if published else 'generic'}/{package[0]}@{package[1]}"


def bill(function, platform, binary, image):
    lines = list(tree(function, TARGETS[platform], "normal"))
    edges = depends(lines)
    linked = {package for _, package in tree(function, TARGETS[platform], "normal,no-proc-macro")}
    known, locked = json.loads(cargo("metadata", "--format-version", "1"))["packages"], checksums()
    known = {(package["name"], package["version"]): package for package in known}

    def component(package):
        about = known[package]
        # Before SPDX, "/" meant "or".
        licence = about["license"].replace("/", " OR ")
        made = {
            "type": "library",
            "bom-ref": reference(package, about["source"]),
            "name": package[0],
            "version": package[1],
            "scope": "required" if package in linked else "excluded",
            "licenses": [{"expression": licence}],
            "purl": reference(package, about["source"]),
        }
        if about["source"]:
            made["hashes"] = [{"alg": "SHA-256", "content": locked[package]}]
        return made

    root = lines[0][1]
    main = component(root) | {"type": "application"}
    del main["scope"]
    main["properties"] = [{"name": "platform", "value": platform}]
    if binary:
        content = hashlib.sha256(Path(binary).read_bytes()).hexdigest()
        main["hashes"] = [{"alg": "SHA-256", "content": content}]
    if image:
        main["properties"].append({"name": "image", "value": image})
    references = {package: reference(package, known[package]["source"]) for package in edges}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": main},
        "components": [component(package) for package in sorted(edges) if package != root],
        "dependencies": [
            {"ref": references[package], "dependsOn": sorted(references[on] for on in edges[package])}
            for package in sorted(edges)
        ],
    }


def main():
    known = argparse.ArgumentParser(usage=__doc__, add_help=True)
    known.add_argument("function", choices=["collector", "delibird", "custom"])
    known.add_argument("--platform", choices=sorted(TARGETS), default="linux/arm64")
    what = known.add_mutually_exclusive_group()
    what.add_argument("--binary")
    what.add_argument("--image")
    asked = known.parse_args()
    json.dump(bill(asked.function, asked.platform, asked.binary, asked.image), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

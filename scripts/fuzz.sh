#!/usr/bin/env bash
# Runs every fuzz test for FUZZTIME: go test takes one at a time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

said=$(mktemp)
trap 'rm -f "$said"' EXIT
found=0
while IFS=: read -r file name; do
	found=1
	dir=$(dirname "$file")
	printf '== %s %s\n' "$dir" "$name"
	if "${GO:-go}" test -run '^$' -fuzz "^${name}\$" -fuzztime "${FUZZTIME:-30s}" -fuzzminimizetime 10x "$dir" >"$said" 2>&1; then
		tail -n 2 "$said"
		continue
	fi
	cat "$said"
	# On a loaded machine go test itself may miss the end of the time given and
	# call that a failure, though no input failed.
	grep -q '^ *context deadline exceeded' "$said" && ! grep -q 'Failing input written' "$said" || exit 1
done < <(grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sed 's/:func /:/' | sort)
((found)) || echo 'no fuzz test found'

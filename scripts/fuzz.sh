#!/usr/bin/env bash
# Runs every fuzz test for FUZZTIME: go test takes one at a time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

found=0
while IFS=: read -r file name; do
	found=1
	dir=$(dirname "$file")
	printf '== %s %s\n' "$dir" "$name"
	"${GO:-go}" test -run '^$' -fuzz "^${name}\$" -fuzztime "${FUZZTIME:-30s}" -fuzzminimizetime 10x "$dir"
done < <(grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sed 's/:func /:/' | sort)
((found)) || echo 'no fuzz test found'

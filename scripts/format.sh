#!/usr/bin/env bash
# Fails, and names them, when Go files are not formatted as gofumpt would.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# find, not git: a copy without its history is checked too.
mapfile -d '' files < <(find . -name '*.go' -not -path './.git/*' -not -path '*/node_modules/*' -not -path '*/testdata/*' -print0)
unformatted=$("${GO:-go}" run "${GOFUMPT:?is set by the Makefile}" -l "${files[@]}")
if [[ -n $unformatted ]]; then
	printf 'not formatted as gofumpt would:\n%s\n' "$unformatted" >&2
	exit 1
fi

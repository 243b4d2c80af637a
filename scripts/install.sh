#!/usr/bin/env bash
# Installs, on Debian and Ubuntu, the servers and the browser that the tests
# start themselves. Nothing is installed that is there already, no service of
# the machine is started or changed, and no package is ever removed.
set -euo pipefail

# Dovecot and Postfix live in sbin, which is not on everybody's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

has() { command -v "$1" >/dev/null 2>&1; }

if ! has "${GO:-go}"; then
	echo 'Go is missing: version 1.26 or newer, from https://go.dev/dl/' >&2
	exit 1
fi

missing=()
has redis-server || missing+=(redis-server)
has dovecot && [[ -e /usr/lib/dovecot/imap ]] || missing+=(dovecot-imapd)
[[ -e /usr/lib/dovecot/lmtp ]] || missing+=(dovecot-lmtpd)
compgen -G '/usr/lib/dovecot/modules/lib*_sieve_plugin.so' >/dev/null || missing+=(dovecot-sieve)
has postfix || missing+=(postfix)
if ! has chromium && ! has chromium-browser && ! has google-chrome; then
	missing+=(chromium fonts-liberation)
fi
# The race detector needs a C compiler.
has gcc || has clang || missing+=(gcc libc6-dev)

((${#missing[@]})) || exit 0

if ! has apt-get; then
	printf 'Please install what is missing, under the name your system gives it: %s\n' "${missing[*]}" >&2
	exit 1
fi

sudo=()
if ((EUID != 0)); then
	has sudo || { printf 'Neither root nor sudo: cannot install %s\n' "${missing[*]}" >&2; exit 1; }
	sudo=(sudo)
fi

# Ubuntu calls its browser otherwise.
if [[ -r /etc/os-release ]] && grep -q '^ID=ubuntu' /etc/os-release; then
	missing=("${missing[@]/chromium/chromium-browser}")
fi

# Packages ask this file whether they may start their service; 101 is no. One
# that is there already belongs to the machine and stays as it is.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
	printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
	"${sudo[@]}" chmod 755 "$policy"
	trap '"${sudo[@]}" rm -f "$policy"' EXIT
fi

printf 'Installing %s\n' "${missing[*]}"
if [[ " ${missing[*]} " == *' postfix '* ]] && has debconf-set-selections; then
	# The tests bring a configuration of their own.
	echo 'postfix postfix/main_mailer_type select No configuration' | "${sudo[@]}" debconf-set-selections
fi
"${sudo[@]}" apt-get update -qq
# --no-remove: where another mail server is installed, Postfix would push it
# out; then this fails, and the machine keeps what it had.
if ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends --no-remove "${missing[@]}"; then
	printf 'Could not install %s. If another mail server is in the way of Postfix, use another machine or a container.\n' "${missing[*]}" >&2
	exit 1
fi

package mail

import (
	"context"
	"time"
)

// CheckIMAP connects, logs in and opens the mailbox; nothing is read.
func CheckIMAP(ctx context.Context, e Endpoint) error {
	r := &Reader{Endpoint: e}
	r.defaults()
	defer r.Close()
	return r.open(ctx)
}

// CheckSMTP connects and logs in; nothing is sent.
func CheckSMTP(ctx context.Context, e Endpoint, from Address) error {
	l := &line{Account: Account{e, Letter{From: from}}, timeout: time.Minute}
	defer l.close()
	return l.open(ctx)
}

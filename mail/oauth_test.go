package mail_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regia/dialog"
	"regia/mail"
	"regia/mail/mailtest"
)

// An access token in place of a password, at a real IMAP and a real SMTP
// server that show it to its issuer: read anew at each login, refused when it
// has expired, and never printed.
func TestDovecotAndPostfixTakeAccessTokens(t *testing.T) {
	d := dovecot(t)
	p := postfix(t, d)
	valid := "ya29.uno"
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Get("access_token") != valid {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":"invalid_token"}`)
			return
		}
		fmt.Fprintf(w, `{"user":%q,"active":"true"}`, mailtest.ServiceUser)
	}))
	defer issuer.Close()
	must(t, d.OAuth(issuer.URL))
	must(t, d.Put(mailtest.ServiceUser, eml(1, "uno")))
	file := filepath.Join(t.TempDir(), "token")
	must(t, os.WriteFile(file, []byte(valid+"\n"), 0o600))
	in := endpoint(t, "imap://"+mailtest.ServiceUser+"@"+d.Addr()+"/INBOX?tls=insecure&auth=xoauth2&token_file="+file)
	out := endpoint(t, "smtp://"+mailtest.ServiceUser+"@"+p.Submission()+"?tls=insecure&auth=xoauth2&token_file="+file)

	k := &takes{}
	r := &mail.Reader{Endpoint: in, Intake: k, Log: quiet()}
	defer r.Close()
	sent := 0
	send := func() *outbox {
		sent++
		box := newOutbox(dialog.Out{ID: fmt.Sprintf("o%d", sent)})
		s := &mail.Sender{
			Endpoint: out, Outbox: box, Now: clock, Log: quiet(), Letter: mail.Letter{From: own, Name: "ImperiaForma"},
			Render: func(context.Context, dialog.Out) (dialog.Rendered, error) {
				return dialog.Rendered{Address: "anna@comune-dolcedo.example", Subject: "prova", Body: "prova"}, nil
			},
		}
		defer s.Close()
		steps(t, s.Step)
		return box
	}
	steps(t, r.Step)
	if box := send(); len(k.got) != 1 || len(box.finished) != 1 {
		t.Fatalf("%d read, %d sent, failed %v", len(k.got), len(box.finished), box.failed)
	}

	valid = "ya29.due" // the old one has expired
	r.Close()
	if _, err := r.Step(t.Context()); !errors.Is(err, mail.ErrLogin) || strings.Contains(err.Error(), "ya29") {
		t.Errorf("reading with an old token: %v", err)
	}
	if f, failed := send().failed["o2"]; !failed || !f.Temporary {
		t.Errorf("sending with an old token: %+v %v", f, failed)
	}
	if err := mail.CheckSMTP(t.Context(), out, own); err == nil || strings.Contains(err.Error(), "ya29") {
		t.Errorf("checking an old token: %v", err)
	}

	must(t, os.WriteFile(file, []byte(valid), 0o600)) // whoever renews it writes the file
	must(t, d.Put(mailtest.ServiceUser, eml(2, "due")))
	steps(t, r.Step)
	if box := send(); len(k.got) != 2 || len(box.finished) != 1 {
		t.Errorf("%d read, %d sent, failed %v", len(k.got), len(box.finished), box.failed)
	}
}

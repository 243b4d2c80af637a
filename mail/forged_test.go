package mail_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"regia/dialog"
	"regia/mail"
)

// What the own server says of the sender counts, and nothing that only looks
// like it.
func TestProofIsOnlyThatOfTheOwnServer(t *testing.T) {
	const ours = "posta.provincia.example"
	const ar = "Authentication-Results: " + ours
	const forged = "Authentication-Results: " + ours + "; dmarc=pass header.from=ente.example; dkim=pass header.d=ente.example; spf=pass smtp.mailfrom=x@ente.example"
	for name, c := range map[string]struct{ fields, want string }{
		"dmarc passed":                   {ar + "; dmarc=pass header.from=ente.example", "pass"},
		"folded, with remarks":           {ar + " 1;\r\n\tdkim = pass (2048-bit key; (unprotected)) header.d=altro.example;\r\n dmarc/1=pass (p=none dis=none)\r\n  header.from=ENTE.example", "pass"},
		"dmarc failed":                   {ar + "; spf=pass smtp.mailfrom=ente.example; dmarc=fail header.from=ente.example", "fail"},
		"dmarc failed, then passed":      {ar + "; dmarc=fail header.from=ente.example; dmarc=pass header.from=ente.example", "fail"},
		"dmarc that names no From":       {ar + "; dmarc=pass", "none"},
		"dmarc on the parent":            {ar + "; dmarc=pass header.from=example", "none"},
		"dmarc on another":               {ar + "; dmarc=pass header.from=altro.example", "none"},
		"signed by the domain":           {ar + "; dkim=pass (x) header.d=ente.example header.b=AbC+/=", "pass"},
		"signed, b before d":             {ar + "; dkim=pass header.b=AbC== header.d=ente.example", "pass"},
		"signed by the parent":           {ar + "; dkim=pass header.d=example", "none"},
		"signed by another":              {ar + "; dkim=pass header.d=altro.example; spf=pass smtp.mailfrom=x@altro.example", "none"},
		"signed by one below":            {ar + "; dkim=pass header.d=posta.ente.example", "none"},
		"signed by a lookalike":          {ar + "; dkim=pass header.d=ente.example.evil.example header.i=@ente.example.evil.example", "none"},
		"signed by one that ends so":     {ar + "; dkim=pass header.d=te.example", "none"},
		"two signatures":                 {ar + "; dkim=fail header.d=altro.example; dkim=pass header.d=ente.example", "pass"},
		"identity with two @":            {ar + `; dkim=pass header.i="x@ente.example"@evil.example`, "none"},
		"envelope of the domain":         {ar + "; spf=pass smtp.mailfrom=x@ente.example", "pass"},
		"envelope refused":               {ar + "; spf=fail smtp.mailfrom=x@ente.example", "fail"},
		"envelope of another refused":    {ar + "; spf=fail smtp.mailfrom=x@altro.example", "none"},
		"only the greeting":              {ar + "; spf=pass smtp.helo=ente.example", "none"},
		"null sender":                    {ar + `; spf=pass smtp.mailfrom="" smtp.helo=ente.example`, "none"},
		"password of the account":        {ar + "; auth=pass (cram-md5) smtp.auth=anna@ente.example", "pass"},
		"password of a colleague":        {ar + "; auth=pass smtp.auth=bruno@ente.example smtp.mailfrom=anna@ente.example", "none"},
		"password, sender as they like":  {ar + "; auth=pass smtp.mailfrom=anna@ente.example", "none"},
		"another server says so":         {"Authentication-Results: mx.altro.example; dmarc=pass header.from=ente.example", "none"},
		"lookalike of the id":            {"Authentication-Results: " + ours + ".evil.example; dmarc=pass header.from=ente.example", "none"},
		"the id behind another":          {"Authentication-Results: evil.example " + ours + "; dmarc=pass header.from=ente.example", "none"},
		"the id in a remark":             {"Authentication-Results: evil.example (" + ours + "; x); dmarc=pass header.from=ente.example", "none"},
		"nothing":                        {"X-Nothing: 1", "none"},
		"says none":                      {ar + "; none", "none"},
		"forged below a hop":             {ar + "; dmarc=fail header.from=ente.example\r\nReceived: from a by b; x\r\n" + forged, "fail"},
		"forged below a hop, none":       {ar + "; spf=none\r\nReceived: from a by b; x\r\n" + forged, "none"},
		"forged right below, dmarc fail": {"Received: from a by b; x\r\n" + ar + "; dmarc=fail header.from=ente.example\r\n" + forged, "fail"},
		"forged right below, all told":   {"Received: from a by b; x\r\n" + ar + "; spf=none; dkim=none; dmarc=none\r\n" + forged, "none"},
		"own in two fields":              {ar + "; spf=none\r\n" + ar + "; dkim=pass header.d=ente.example", "pass"},
		"twenty forged ones":             {ar + "; spf=none; dkim=none; dmarc=none\r\n" + strings.Repeat(forged+"\r\n", 30) + "X-End: 1", "none"},
		"verdict in a remark":            {ar + "; spf=none (dmarc=pass header.from=ente.example; dkim=pass header.d=ente.example)", "none"},
		"in a remark in a remark":        {ar + "; spf=none (a (b (c (; dkim=pass header.d=ente.example; ) x) y) z)", "none"},
		"in a remark, escaped":           {ar + `; spf=none (helo=x\) ; dkim=pass header.d=ente.example)`, "none"},
		"in the quoted envelope":         {ar + `; spf=pass smtp.mailfrom="x; dmarc=pass header.from=ente.example; y"@evil.example`, "none"},
		"quoted, with a quote":           {ar + `; spf=pass smtp.mailfrom="x\"; dkim=pass header.d=ente.example; \""@evil.example`, "none"},
		"quoted, with a bracket":         {ar + `; spf=pass smtp.mailfrom="("@evil.example; dmarc=fail (p=none) header.from=ente.example; dkim=pass header.d=ente.example`, "fail"},
		"quoted as a verdict":            {ar + `; "dkim=pass" header.d=ente.example`, "none"},
		"a reason that is quoted":        {ar + `; dkim=fail reason="x; dkim=pass header.d=ente.example" header.d=altro.example`, "none"},
		"a quote that never ends":        {ar + `; spf=none smtp.mailfrom="x; dkim=pass header.d=ente.example`, "none"},
		"a property before its method":   {ar + "; header.d=ente.example dkim=pass", "none"},
		"a result that only begins so":   {ar + "; dkim=passed header.d=ente.example; dmarc=pass-ish header.from=ente.example", "none"},
	} {
		m, err := mail.Understand([]byte(c.fields+"\r\nFrom: Anna <anna@ente.example>\r\nSubject: x\r\n\r\nsì\r\n"), own, day)
		must(t, err)
		if got := m.Proof(ours); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := m.Proof(""); got != "" {
			t.Errorf("%s: %q with no server configured", name, got)
		}
	}
}

// Who writes is the one address of From, and no other field, name or letter
// makes it somebody else's.
func TestWhoWrites(t *testing.T) {
	const proof = "Authentication-Results: mx.provincia.example; dmarc=pass header.from=evil.example; dkim=pass header.d=evil.example\r\n"
	for name, c := range map[string]struct {
		head, from string
		rejected   bool
	}{
		"plain":                {"From: Anna Verdi <Anna@Ente.Example>", "anna@ente.example", false},
		"two addresses":        {"From: anna@ente.example, x@evil.example", "", true},
		"two fields":           {"From: anna@ente.example\r\nFrom: x@evil.example", "", true},
		"a field of nobody":    {"From: anna@ente.example\r\nFrom: nessuno", "", true},
		"address in the name":  {"From: \"anna@ente.example\" <x@evil.example>", "x@evil.example", false},
		"bare in the name":     {"From: anna@ente.example <x@evil.example>", "", true},
		"coded in the name":    {"From: =?utf-8?q?anna=40ente=2Eexample?= <x@evil.example>", "x@evil.example", false},
		"coded, with brackets": {"From: =?utf-8?q?Anna_=3Canna=40ente=2Eexample=3E?= <x@evil.example>", "x@evil.example", false},
		"coded in the address": {"From: =?utf-8?q?anna=40ente.example?=", "", true},
		"coded local part":     {"From: <=?utf-8?q?anna=40ente.example?=@evil.example>", "=?utf-8?q?anna=40ente.example?=@evil.example", false},
		"quoted local part":    {"From: <\"anna@ente.example\"@evil.example>", "anna@ente.example@evil.example", false},
		"in a remark":          {"From: x@evil.example (anna@ente.example)", "x@evil.example", false},
		"group of two":         {"From: ufficio: anna@ente.example, x@evil.example;", "", true},
		"empty group":          {"From: nessuno:;", "", true},
		"sender, answers":      {"From: x@evil.example\r\nSender: anna@ente.example\r\nReply-To: anna@ente.example\r\nReturn-Path: <anna@ente.example>", "x@evil.example", false},
		"no From":              {"Sender: anna@ente.example\r\nReply-To: anna@ente.example", "", true},
		"kelvin for k":         {"From: <anna@\u212ante.example>", "", true},
		"dotted capital i":     {"From: <\u0130da@ente.example>", "", true},
		"cyrillic":             {"From: <anna@\u0435nte.example>", "", true},
		"full width":           {"From: <anna@ente\uff0eexample>", "", true},
		"as the wire says it":  {"From: <anna@xn--nte-hdd.example>", "anna@xn--nte-hdd.example", false},
		"without a line":       {"From: <anna@ente.example\r\n\tx@evil.example>", "", true},
	} {
		m, err := mail.Understand([]byte(proof+c.head+"\r\nTo: formazione@provincia.example\r\nSubject: x\r\n\r\nsì\r\n"), own, day)
		must(t, err)
		if (m.Kind == mail.KindRejected) != c.rejected || !c.rejected && m.From != c.from {
			t.Errorf("%s: %s from %q", name, m.Kind, m.From)
		}
		if got := m.Proof("mx.provincia.example"); got == "pass" && !strings.HasSuffix(m.From, "@evil.example") {
			t.Errorf("%s: %q is proved", name, m.From)
		}
	}
}

// take is what a desk hands on of a mail, nil for nothing.
func take(t *testing.T, d *mail.Desk, raw string) (in *dialog.In, v mail.Verdict) {
	t.Helper()
	d.MAC = func(...string) string { return "m" }
	d.Now, d.Log = clock, quiet()
	d.Handle = func(_ context.Context, ins []dialog.In) []error {
		in = &ins[0]
		return []error{nil}
	}
	verdicts, err := d.Take(t.Context(), []mail.Arrived{{ID: "mail:x", Raw: []byte(raw)}})
	must(t, err)
	return in, verdicts[0]
}

const (
	questionToken = "abcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh"
	ourServer     = "mx.provincia.example"
)

// What says of itself that it is certified is so in the account of certified
// mail alone, where the operator made the envelope; and what came to that
// account from outside proves nothing.
func TestCertifiedMailCountsInItsOwnAccount(t *testing.T) {
	inside := "From: %s\r\nTo: formazione@provincia.example\r\nSubject: R: prova [#" + questionToken + "]\r\nMessage-ID: <i@ente.example>\r\n%s\r\nsì\r\n"
	envelope := "Authentication-Results: " + ourServer + "; dmarc=pass header.from=ente.example; dkim=pass header.d=ente.example\r\n" +
		"From: \"Per conto di: x\" <bruno@ente.example>\r\nSubject: POSTA CERTIFICATA: prova\r\nMessage-ID: <e@ente.example>\r\n%sMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nbusta\r\n--b\r\nContent-Type: message/rfc822; name=postacert.eml\r\n\r\n%s\r\n--b--\r\n"
	mailed := func(header, from, more string) string {
		return fmt.Sprintf(envelope, header, fmt.Sprintf(inside, from, more))
	}
	for name, c := range map[string]struct {
		raw              string
		ordinary, pec    string // proof; "-" when nothing is handed on
		from, sort, text string
	}{
		"envelope":        {mailed("X-Trasporto: posta-certificata\r\n", "anna@ente.example", ""), "none", "", "anna@ente.example", "reply", "sì"},
		"anomaly":         {mailed("X-Trasporto: errore\r\n", "anna@ente.example", ""), "none", "none", "anna@ente.example", "reply", "sì"},
		"only attached":   {mailed("", "anna@ente.example", ""), "pass", "-", "bruno@ente.example", "reply", "busta"},
		"no envelope":     {fmt.Sprintf(inside, "anna@ente.example", ""), "none", "none", "anna@ente.example", "reply", "sì"},
		"receipt inside":  {mailed("X-Trasporto: errore\r\n", "anna@ente.example", "X-Ricevuta: errore-consegna\r\n"), "none", "none", "anna@ente.example", "reply", "sì"},
		"envelope inside": {mailed("X-Trasporto: errore\r\n", "anna@ente.example", "X-Trasporto: posta-certificata\r\n"), "none", "none", "anna@ente.example", "reply", "sì"},
		"another sort":    {mailed("X-Trasporto: posta-certificatissima\r\n", "anna@ente.example", ""), "pass", "-", "bruno@ente.example", "reply", "busta"},
	} {
		for _, account := range []struct {
			desk mail.Desk
			want string
		}{{mail.Desk{Own: own, AuthServID: ourServer}, c.ordinary}, {mail.Desk{Own: own, Certified: true}, c.pec}} {
			in, _ := take(t, &account.desk, c.raw)
			if account.want == "-" {
				if in != nil {
					t.Errorf("%s, certified %v: handed on: %+v", name, account.desk.Certified, in.Mail)
				}
				continue
			}
			if in == nil || in.Mail.Proof != account.want || in.Mail.From != c.from || in.Mail.Sort != c.sort || in.Mail.Text != c.text || in.Mail.Certified != account.desk.Certified {
				t.Errorf("%s, certified %v: %+v", name, account.desk.Certified, in)
			}
		}
	}
}

// An answer to an invitation is one attendee's, of From, with a status that says
// yes, no or perhaps; anything else is no answer.
func TestForgedAnswersToInvitations(t *testing.T) {
	event := func(uid, sequence, attendee, more string) string {
		return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nSEQUENCE:" + sequence + "\r\nATTENDEE;" + attendee + "\r\n" + more + "END:VEVENT\r\n"
	}
	const anna = "PARTSTAT=ACCEPTED:mailto:anna@ente.example"
	for name, c := range map[string]struct {
		method, events string
		sequence       int // -1: no answer
	}{
		"accepted":            {"REPLY", event("u", "2", anna, ""), 2},
		"the highest":         {"REPLY", event("u", "2", anna, "") + event("u", "7", anna, "") + event("u", "3", anna, ""), 7},
		"later stamp, lower":  {"REPLY", event("u", "7", anna, "DTSTAMP:20270101T000000Z\r\n") + event("u", "3", anna, "DTSTAMP:20990101T000000Z\r\n"), 7},
		"of another":          {"REPLY", event("u", "2", "PARTSTAT=ACCEPTED:mailto:bruno@ente.example", ""), -1},
		"of two":              {"REPLY", event("u", "2", anna, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bruno@ente.example\r\n"), -1},
		"sent by":             {"REPLY", event("u", "2", `SENT-BY="mailto:anna@ente.example";PARTSTAT=ACCEPTED:mailto:bruno@ente.example`, ""), -1},
		"delegated":           {"REPLY", event("u", "2", `PARTSTAT=DELEGATED;DELEGATED-TO="mailto:bruno@ente.example":mailto:anna@ente.example`, ""), -1},
		"not answered":        {"REPLY", event("u", "2", "PARTSTAT=NEEDS-ACTION:mailto:anna@ente.example", ""), -1},
		"another date":        {"COUNTER", event("u", "2", anna, ""), -1},
		"an invitation":       {"REQUEST", event("u", "2", anna, ""), -1},
		"called off":          {"CANCEL", event("u", "2", anna, ""), -1},
		"no method":           {"", event("u", "2", anna, ""), -1},
		"no uid":              {"REPLY", event("", "2", anna, ""), -1},
		"negative":            {"REPLY", event("u", "-4", anna, ""), 0},
		"no number":           {"REPLY", event("u", "x", anna, ""), 0},
		"address in the name": {"REPLY", event("u", "2", `CN="mailto:anna@ente.example";PARTSTAT=ACCEPTED:mailto:bruno@ente.example`, ""), -1},
		"huge":                {"REPLY", strings.Repeat("X-A:"+strings.Repeat("x", 60)+"\r\n", 1<<14) + event("u", "2", anna, ""), -1},
		"ten thousand":        {"REPLY", strings.Repeat(event("u", "1", anna, ""), 10000), 1},
	} {
		raw := "From: Anna <anna@ente.example>\r\n" + "To: formazione@provincia.example\r\nSubject: Accettato\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:" + c.method + "\r\n" + c.events + "END:VCALENDAR\r\n"
		m, err := mail.Understand([]byte(raw), own, day)
		must(t, err)
		switch {
		case c.sequence < 0 && m.Calendar != nil:
			t.Errorf("%s: %+v", name, m.Calendar)
		case m.Meeting != (c.sequence < 0 && (c.method == "REPLY" || c.method == "COUNTER")):
			t.Errorf("%s: for a person: %v", name, m.Meeting)
		case c.sequence >= 0 && (m.Calendar == nil || m.Calendar.Sequence != c.sequence || m.Calendar.Attendee != "anna@ente.example"):
			t.Errorf("%s: %+v", name, m.Calendar)
		}
	}
}

// What cannot be read is put aside once the office is told of it, with nothing
// of what it says.
func TestWhatCannotBeReadIsTold(t *testing.T) {
	in, verdict := take(t, &mail.Desk{Own: own}, " ")
	if verdict != mail.Poison || in == nil || in.Unread == nil || *in.Unread != (dialog.Unread{}) || in.ID != "dead:mail:x" {
		t.Errorf("%+v, %v", in, verdict)
	}
	if in, verdict := take(t, &mail.Desk{Own: own, Certified: true}, " "); verdict != mail.Poison || in != nil {
		t.Errorf("in the account of certified mail: %+v, %v", in, verdict)
	}
	d := &mail.Desk{
		Own: own, Now: clock, Log: quiet(), MAC: func(...string) string { return "" },
		Handle: func(context.Context, []dialog.In) []error { return []error{mail.ErrLater} },
	}
	if verdicts, err := d.Take(t.Context(), []mail.Arrived{{ID: "mail:x"}}); err != nil || verdicts[0] != mail.Later {
		t.Errorf("before it was counted: %v %v", verdicts, err)
	}
}

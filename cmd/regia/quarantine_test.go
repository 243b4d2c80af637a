package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"regia/mail/mailtest"
)

// TestQuarantine: what cannot be read is listed beside the dead letters, shown
// with the reason, and read again when it is put back.
func TestQuarantine(t *testing.T) {
	s := newStage(t, serviceConfig)
	post := newPostOffice(t, s)
	newRehearsing(t, s, courseDays(time.Now()).monday)
	s.showLog()
	large := "From: anna.rossi@comune-dolcedo.example\r\nTo: " + serviceAddress + "\r\nSubject: \x1b[31mfoto\r\nMessage-ID: <f@x.example>\r\n\r\n" + strings.Repeat(strings.Repeat("x", 76)+"\r\n", 400_000)
	must(t, post.dovecot.Put(mailtest.ServiceUser, []byte(" "), []byte(large)))
	held := func() int { return post.dovecot.Count(mailtest.ServiceUser, "Quarantine") }
	until(t, "both are put aside", func() bool { return held() == 2 })

	ids := func() []string {
		t.Helper()
		out, err := s.run("dead", "list")
		must(t, err)
		return regexp.MustCompile(`quarantine:\d+\.\d+`).FindAllString(out, -1)
	}
	list := ids()
	if len(list) != 2 {
		t.Fatalf("listed %v", list)
	}
	all := ""
	for _, id := range list {
		out, err := s.run("dead", "show", id)
		must(t, err)
		if strings.ContainsRune(out, '\x1b') {
			t.Errorf("%s moves the cursor", id)
		}
		all += out
	}
	for _, words := range []string{"non si può leggere", "è troppo grande", "Subject:", `"from":"anna.rossi@comune-dolcedo.example"`} {
		if !strings.Contains(all, words) {
			t.Errorf("no %q in\n%s", words, all)
		}
	}
	if out, err := s.run("dead", "retry", list[0]); err != nil || !strings.Contains(out, "Rimesso nella casella") {
		t.Errorf("retry: %v %s", err, out)
	}
	until(t, "it is read, and put aside again", func() bool { l := ids(); return len(l) == 2 && l[1] != list[1] })
	for _, id := range []string{list[0], "quarantine:1", "quarantine:1.99", "quarantine:x.y"} {
		if out, err := s.run("dead", "show", id); err == nil {
			t.Errorf("%s is shown:\n%s", id, out)
		}
	}
}

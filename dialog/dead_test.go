package dialog_test

import (
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// What the mailbox could not read is one number in that summary.
func TestTheQuarantineIsInTheSummary(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster...))
	carla, anna := w.Actor(actors["carla"], 99), w.Actor(actors["anna"], 0)
	must(carla.Join())
	must(w.Handle(dialog.In{ID: "dead:mail:h:INBOX:1.7", Unread: &dialog.Unread{}}))
	must(w.Handle(dialog.In{Mail: &dialog.Mail{From: anna.Mail, Sort: "too_large"}}))
	if news := anna.News(); !strings.Contains(news, "troppo grande") {
		t.Errorf("anna hears %q", news)
	}
	carla.News()
	must(w.Advance(time.Date(2027, 1, 14, 12, 0, 0, 0, training.Rome())))
	if news := carla.News(); strings.Count(news, "2 messaggi non sono stati letti") != 1 || !strings.Contains(news, "regia dead list") || strings.Contains(news, "PEC") {
		t.Errorf("the office reads\n%s", news)
	}
}

// What stays unread in a box that people read too is a number in that summary,
// with the day on which the first of it came, and told once.
func TestWhatStaysInASharedBoxIsInTheSummary(t *testing.T) {
	for _, c := range []struct {
		days []int
		want string
	}{
		{[]int{11, 8, 10}, "In casella sono rimasti 3 messaggi da leggere, perché non riguardano il servizio, o il servizio non li ha capiti: il primo aspetta da venerdì 8 gennaio."},
		{[]int{11}, "In casella è rimasto un messaggio da leggere, perché non riguarda il servizio, o il servizio non lo ha capito: aspetta da lunedì 11 gennaio."},
	} {
		w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
		must := mustly(t)
		must(w.Import(roster...))
		carla := w.Actor(actors["carla"], 99)
		must(carla.Join())
		for _, day := range c.days {
			must(w.Handle(dialog.In{Unread: &dialog.Unread{Stays: time.Date(2027, 1, day-1, 23, 30, 0, 0, time.UTC)}}))
		}
		carla.News()
		must(w.Advance(time.Date(2027, 1, 20, 12, 0, 0, 0, training.Rome())))
		if news := carla.News(); strings.Count(news, c.want) != 1 || strings.Contains(news, "dead list") || strings.Contains(news, "PEC") {
			t.Errorf("the office reads\n%s", news)
		}
	}
}

package dialog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"regia/dialog"
	"regia/dialog/dialogtest"
	"regia/training"
)

// TestASharedAddressProvesNobody: the token of what is written there stands for
// the address, whoever writes with it from elsewhere; an answer to a survey goes
// to the sheet of whoever was asked, and nowhere else.
func TestASharedAddressProvesNobody(t *testing.T) {
	w := dialogtest.NewWorld(service(), time.Date(2027, 1, 11, 9, 0, 0, 0, training.Rome()))
	must := mustly(t)
	must(w.Import(roster...))
	carla, box, elio := w.Actor(actors["carla"], 99), w.Actor(registry, 0), w.Actor(actors["elio"], 0)
	must(carla.Join())
	must(openCourse(carla, 20))
	for _, text := range []string{"corsi", "Rita Neri", "1", "sì"} {
		must(box.Say(text))
	}
	// A tap on the invitation can only be of whoever was invited there.
	_, uid, _ := strings.Cut(string(w.Documents("enrollment")[0]), ":")
	for from, want := range map[string]bool{elio.Mail: false, registry: true} {
		must(w.Handle(dialog.In{Mail: &dialog.Mail{From: from, Sort: "calendar_reply", Calendar: &dialog.Answer{UID: uid, Sequence: 9, Status: "ACCEPTED"}}}))
		if heard := strings.Contains(box.News(), "ti aspettiamo"); heard != want {
			t.Errorf("an invitation accepted from %s: %v", from, heard)
		}
	}
	must(w.Advance(time.Date(2027, 3, 11, 14, 0, 0, 0, training.Rome())))

	people := w.Documents("person")
	prompts := 0
	var survey dialogtest.Message
	for _, m := range w.Got {
		if m.Rendered.Address != registry || m.Rendered.Token == "" {
			continue
		}
		prompts++
		survey = m
		reader := m.Rendered.Token[:16]
		if slices.Contains(people, dialog.MakeRef("person", reader)) {
			t.Errorf("the token of %s stands for a person", m.Out.Text)
		}
	}
	if prompts < 4 || survey.Out.Text != "survey.mail" {
		t.Fatalf("%d prompts reached the address, the last is %s", prompts, survey.Out.Text)
	}
	// Elsewhere the token opens nothing.
	must(w.Handle(dialog.In{Mail: &dialog.Mail{From: elio.Mail, Token: survey.Rendered.Token, Text: "5 4 4 9", Sort: "reply"}}))
	if n := len(w.Documents("sheet")); n != 1 || strings.Contains(w.Dump(), `"usefulness":5`) {
		t.Errorf("%d sheets, and an answer from elsewhere counts", n)
	}
	box.News()
	must(box.Say("5 4 4 9"))
	if news := box.News(); strings.Contains(news, "Chi scrive") || !strings.Contains(news, "5 di 6") {
		t.Errorf("an answer to the survey was met with:\n%s", news)
	}
	if !strings.Contains(w.Dump(), `"usefulness":5`) || len(w.Documents("unsigned")) > 0 {
		t.Errorf("the answer is not in its sheet alone: %v", w.Documents("unsigned"))
	}
	// A chat is not linked by it, and whoever reads it hears why.
	chat := w.Actor(registry, 1234)
	must(chat.Say("/start"))
	must(chat.Say(registry))
	if news := chat.News(); !strings.Contains(news, "il codice è arrivato lì") {
		t.Errorf("the chat hears %q", news)
	}
	if last := w.Got[len(w.Got)-2]; last.Rendered.Address != registry || last.Out.Text != "who.no_chat" {
		t.Errorf("the address gets %s", last.Out.Text)
	}
}

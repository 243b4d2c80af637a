package mail_test

import (
	"maps"
	"testing"

	"regia/mail"
)

// What a question offers in brackets is no answer to it.
func TestWhatAQuestionOffersIsNoAnswer(t *testing.T) {
	const quote = "\n\nIl giorno 11 mar 2027 alle 09:02 X <x@ente.example> ha scritto:\n" +
		"> 1. Quanto ti sarà utile? (1–5)\n> 2. Le spiegazioni? (da 1 a 5)\n> 3. Avete una sala? (sì/no)\n> 4. Lo consiglieresti? (0–10)\n"
	for _, text := range []string{"5 4 4 9 (tra parentesi: bravissimo)", "5 4 4 9. Le risposte le ho scritte tra parentesi", "Tra parentesi, bella giornata"} {
		if _, got := mail.Reply(text + quote); len(got) != 0 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Answers without numbers of their own are told by the questions in the quote;
// what only looks like them is no answer.
func TestAnswersAreToldByTheirQuestions(t *testing.T) {
	const quote = "\n\nIl giorno 11 mar 2027 alle 09:02 X <x@ente.example> ha scritto:\n" +
		"> 1. Accesso agli atti e trasparenza\n> 2. Delibere e determine: come si scrivono\n> 3. Avete una sala (sì/no)?\n> 4. Delibere e determine\n"
	for name, c := range map[string]struct {
		text string
		want map[int]string
	}{
		"written again, answered behind": {"Accesso agli atti e trasparenza: 5\nDelibere e determine: come si scrivono - 3", map[int]string{1: "5", 2: "3"}},
		"written again, answered below":  {"Avete una sala?\nsì, di 20 posti\ncon lo schermo\n\nAccesso agli atti e trasparenza\n4\n\nSaluti", map[int]string{1: "4", 3: "sì, di 20 posti\ncon lo schermo"}},
		"one begins as another does":     {"Delibere e determine: come si scrivono 2\nDelibere e determine 1", map[int]string{2: "2", 4: "1"}},
		"counted in one line":            {"1 cinque 2 tre, forse 3 no 4 due", map[int]string{1: "cinque", 2: "tre, forse", 3: "no", 4: "due"}},
		"counted, figures":               {"1 5 2 3 3 1 4 4", map[int]string{1: "5", 2: "3", 3: "1", 4: "4"}},
		"in a sentence":                  {"alla 1 direi 5, alla 2 invece 3 perché basta; sulla 3 non saprei.\n\nUn saluto", map[int]string{1: "5", 2: "3 perché basta", 3: "non saprei"}},
		"one question only":              {"Delibere e determine: come si scrivono mi serve molto", nil},
		"a longer word":                  {"Accesso agli atti e trasparenzauno\nAvete una salamandra?", nil},
		"two together":                   {"1 e 2 bene 3 male 4 no", nil},
		"hours":                          {"Alla 10 arriviamo, per la 12 dobbiamo andare via", nil},
		"counted too far":                {"1 cinque 2 tre 3 no 4 sì 5 no", nil},
		"not counted to the end":         {"1 cinque 2 tre", nil},
		"figures in order":               {"5\n3\n1\n2", nil},
	} {
		if _, got := mail.Reply(c.text + quote); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

package dialog

import (
	"regexp"
	"strings"
	"unicode"

	"regia/training"
)

// commands are the words that start something, as the whole message or the
// first line of a mail. With a slash they interrupt a conversation.
var commands = map[string]string{
	"start": "start", "aiuto": "help", "help": "help",
	"corsi": "courses", "fabbisogno": "need.tell", "mi serve": "need.tell", "mi serve un corso": "need.tell",
	"iscrizioni": "mine", "le mie iscrizioni": "mine", "ore": "hours", "le mie ore": "hours",
	"privacy": "privacy", "basta avvisi": "announce.off", "avvisami": "announce.on", "ufficio": "office", "i miei dati": "mydata", "cancellami": "erase",
	"annulla": "cancel", "esci": "leave", "ci sono": "here", "rinuncio": "give_up", "disdico": "give_up",
	"preferisco la chat": "prefer.chat", "preferisco chat": "prefer.chat",
	"preferisco l'email": "prefer.mail", "preferisco email": "prefer.mail", "preferisco la mail": "prefer.mail",
	"edizione": "edition.new", "nuovo corso": "edition.new", "settimana": "week", "report": "week",
	"presenze": "attendance", "attestati": "hours", "piano": "courses",
	"assente": "away", "sono di nuovo qui": "back", "di nuovo qui": "back",
	"rilevazione": "demand", "enti": "orgs", "qr": "qr",
}

// courtesies are answered when they are the whole message; a greeting before
// other lines is passed over.
var courtesies = map[string]string{
	"ciao": "hello", "salve": "hello", "buongiorno": "hello", "buon giorno": "hello", "buonasera": "hello", "buona sera": "hello",
	"grazie": "thanks", "grazie mille": "thanks", "ok grazie": "thanks", "va bene grazie": "thanks", "grazie a presto": "thanks",
}

// acknowledged are words that only say that a message was read.
var acknowledged = map[string]bool{
	"ok": true, "okay": true, "va bene": true, "bene": true, "perfetto": true, "ricevuto": true, "ok ricevuto": true,
	"ricevuto grazie": true, "perfetto grazie": true, "bene grazie": true, "d'accordo": true,
}

// always are the words that interrupt a conversation without a slash.
var always = map[string]bool{"annulla": true, "aiuto": true, "esci": true}

// command reads a command word. Inside a conversation only those with a slash
// and a few others count: «corsi» may be an answer.
func command(line string, q *ask) (Act, bool) {
	slash := strings.HasPrefix(line, "/")
	said := bare(strings.TrimPrefix(line, "/"))
	word, arg := said, ""
	if slash {
		word, arg, _ = strings.Cut(said, " ")
		word, _, _ = strings.Cut(word, "@")
	}
	verb, ok := commands[word]
	switch {
	case !ok:
		return Act{}, false
	case slash, always[word]:
		return Act{Verb: verb, Arg: arg}, true
	case q != nil && q.Free != nil && q.Free.Verb != "join.mail" && !q.scale():
		return Act{}, false
	}
	return Act{Verb: verb}, true
}

// sentences are the one-message commands: a word, and what it is about.
var sentences = []struct {
	form *regexp.Regexp
	verb string
}{
	{regexp.MustCompile(`(?i)^(?:/?edizione|nuovo corso)[: ]+(.+)$`), "edition.new"},
	{regexp.MustCompile(`(?i)^iscrivi(?: al corso)? (.+)$`), "enrol.colleagues"},
	{regexp.MustCompile(`(?i)^assenti[: ]+(.+)$`), "absent"},
	{regexp.MustCompile(`(?i)^(?:sono |sarò )?(?:assente|in ferie)[: ]+(.+)$`), "away"},
	{regexp.MustCompile(`(?i)^apri (\d{1,2})$`), "week.open"},
	{regexp.MustCompile(`(?i)^mi serve:? (.+)$`), "need.tell"},
	{regexp.MustCompile(`(?i)^(?:annulla|cancella)(?: il)? corso:? (.+)$`), "edition.cancel"},
}

// hints are turns that tell what is meant when nothing else does.
var hints = []struct {
	form *regexp.Regexp
	verb string
}{
	{regexp.MustCompile(`(?i)\b(?:prossim[oi]|quali|che|elenco dei|vedere i) cors[oi]\b`), "courses"},
	{regexp.MustCompile(`(?i)\bparlare con\b`), "office"},
	{regexp.MustCompile(`(?i)\bnon (?:posso|riesco a|potrò) (?:più )?(?:venire|esserci|partecipare)\b|\b(?:disdire|rinunciare)\b`), "give_up"},
	{regexp.MustCompile(`(?i)\b(?:a che ora|quando|dove) (?:è|si tiene|si fa|comincia|inizia) (?:il|quel) corso\b`), "mine"},
}

// sentence reads a one-message command; the argument is the rest of the line.
func sentence(line string) (Act, bool) {
	for _, s := range sentences {
		if m := s.form.FindStringSubmatch(line); m != nil {
			return Act{Verb: s.verb, Arg: strings.TrimSpace(m[1])}, true
		}
	}
	return Act{}, false
}

// bare is text as it is compared: folded, without the punctuation around it.
func bare(s string) string {
	said := strings.TrimFunc(training.Fold(s), func(r rune) bool {
		return unicode.IsPunct(r) && r != '/' || unicode.IsSpace(r) || unicode.IsSymbol(r)
	})
	if said == "" && strings.ContainsAny(s, "👍👌✅") {
		return "ok"
	}
	return said
}

// firstLine is the first line that says something: a greeting does when nothing
// follows.
func firstLine(s string) string {
	greeting := ""
	for line := range strings.Lines(s) {
		switch line = strings.TrimSpace(line); {
		case line == "":
		case courtesies[bare(line)] == "hello":
			greeting = line
		default:
			return line
		}
	}
	return greeting
}

// statement is the first line that says something, with the lines that it runs
// on to: a mail program breaks a list of names where it likes.
func statement(s string) string {
	said := firstLine(s)
	_, rest, _ := strings.Cut(s, said)
	last := said
	for line := range strings.Lines(rest) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if !strings.ContainsAny(last[len(last)-1:], ",;:") {
			break
		}
		said, last = said+" "+line, line
	}
	return said
}

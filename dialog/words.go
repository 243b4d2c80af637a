package dialog

import (
	"regexp"
	"strings"
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
	case q != nil && q.Free != nil && q.Free.Verb != "join.mail":
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
	{regexp.MustCompile(`(?i)^cancella corso (.+)$`), "edition.cancel"},
}

// hints are turns that tell what is meant when nothing else does.
var hints = []struct {
	form *regexp.Regexp
	verb string
}{
	{regexp.MustCompile(`(?i)\b(?:prossim[oi]|quali|che|elenco dei|vedere i) cors[oi]\b`), "courses"},
	{regexp.MustCompile(`(?i)\bparlare con\b`), "office"},
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

package training

import (
	"slices"
	"strings"
)

// Turns that say that something is not wanted. Those of one word that stand
// before what they are about («niente inglese»), and verbs that do so behind
// «non» («non ci serve la privacy»).
var (
	refusesBefore = wordSet("niente basta tranne eccetto escluso esclusa esclusi escluse salvo nessun nessuna")
	wantVerbs     = wordSet(`serve servono servira serviva servirebbe servirebbero interessa interessano interesserebbe
interessati interessata interessato occorre occorrono vogliamo voglio vorrei vorremmo bisogno necessita necessario
necessaria necessari necessitiamo richiediamo chiediamo richiesto richiesta utile utili prioritario prioritaria
urgente riguarda riguardano`)
	doneVerbs = wordSet(`fatto fatta fatti fatte facciamo faccio seguito seguita seguiti seguite frequentato frequentata
frequentati svolto svolta svolti svolte coperto coperta coperti coperte avuto avuta organizzato organizzata previsto
prevista programmato programmata completato completata concluso conclusa formati formata formato ricevuto ricevuta
sappiamo so conosciamo conosco abbiamo dato`)
	justNow  = wordSet("scorso scorsa appena recentemente ormai abbastanza")
	onceMore = wordSet(`scaduto scaduta scaduti scadute scade scadono aggiornamento aggiornare aggiornarci rinnovo
rinnovare rifare ripetere ripasso fa vecchio vecchia`)
)

// refusal is a turn found in a text: the tokens it stands on, and whether what
// it is about may also stand behind it.
type refusal struct {
	from, to int
	forward  bool
	backward bool
	plural   bool // «già fatti» speaks of all that was listed
}

// refusals finds the turns.
func refusals(tokens []token) []refusal {
	var all []refusal
	word := func(i int) string {
		if i < 0 || i >= len(tokens) {
			return ""
		}
		return tokens[i].word
	}
	sameClause := func(i, j int) bool {
		return i >= 0 && j >= 0 && i < len(tokens) && j < len(tokens) && tokens[i].clause == tokens[j].clause
	}
	for i := range tokens {
		switch w := word(i); {
		case refusesBefore[w]:
			if !saysNot(tokens, i) {
				all = append(all, refusal{from: i, to: i, forward: true})
			}
		case w == "parte" && word(i-1) == "a", w == "che" && word(i-1) == "altro" && word(i-2) != "piu":
			all = append(all, refusal{from: i - 1, to: i, forward: true})
		case w == "perdere" && (word(i-1) == "lasciamo" || word(i-1) == "lasciate" || word(i-1) == "lascerei" || word(i-1) == "lasciar"):
			all = append(all, refusal{from: i - 1, to: i, forward: true, backward: true})
		case w == "posto" && word(i-1) == "a":
			all = append(all, refusal{
				from: i - 1, to: i, backward: true,
				forward: word(i+1) == "con" || word(i+1) == "per" || word(i+1) == "su",
			})
		case w == "no":
			first := !sameClause(i-1, i)
			all = append(all, refusal{from: i, to: i, forward: first, backward: !first})
		case w == "non":
			for j := i + 1; j <= i+4 && sameClause(i, j); j++ {
				if word(j) == "solo" || word(j) == "soltanto" {
					break
				}
				if wantVerbs[word(j)] {
					if word(j+1) != "solo" && word(j+1) != "soltanto" {
						all = append(all, refusal{
							from: i, to: j, forward: true, backward: true,
							plural: strings.HasSuffix(word(j), "no"),
						})
					}
					break
				}
			}
		case w == "gia" || justNow[w]:
			if r, ok := done(tokens, i); ok {
				all = append(all, r)
			}
		}
	}
	return all
}

// saysNot tells that «niente» belongs to a «non» («non so niente di bilancio»):
// then it asks, and refuses nothing.
func saysNot(tokens []token, i int) bool {
	for j := i - 1; j >= 0 && tokens[j].sentence == tokens[i].sentence; j-- {
		if tokens[j].word == "non" {
			return true
		}
	}
	return false
}

// done reads «già fatto», «lo facciamo già», «l'abbiamo appena svolto»; not
// when the sentence says that it has expired since.
func done(tokens []token, i int) (refusal, bool) {
	for j := range tokens {
		if tokens[j].sentence == tokens[i].sentence && onceMore[tokens[j].word] {
			return refusal{}, false
		}
	}
	for j := max(0, i-4); j <= i+4 && j < len(tokens); j++ {
		if j == i || tokens[j].clause != tokens[i].clause || !doneVerbs[tokens[j].word] {
			continue
		}
		if j > 0 && tokens[j-1].word == "non" || tokens[i].word != "gia" && tokens[j].word == "abbiamo" {
			continue
		}
		return refusal{
			from: min(i, j), to: max(i, j), forward: true, backward: true,
			plural: strings.HasSuffix(tokens[j].word, "i") || strings.HasSuffix(tokens[j].word, "e"),
		}, true
	}
	return refusal{}, false
}

// negate marks the matches that a turn refuses. What stands behind the turn in
// its clause is meant first; with nothing there, what stands before it, back
// through a list («imu, tari: già fatti»).
func negate(tokens []token, matches []match) []bool {
	negated := make([]bool, len(matches))
	if len(matches) == 0 {
		return negated
	}
	for _, r := range refusals(tokens) {
		clause, sentence := tokens[r.from].clause, tokens[r.from].sentence
		hit := false
		if r.forward {
			for k, m := range matches {
				if m.places[0] > r.to && tokens[m.places[0]].clause == tokens[r.to].clause {
					negated[k], hit = true, true
				}
			}
		}
		if hit || !r.backward {
			continue
		}
		for c := clause; c >= 0; c-- {
			size, agreed := 0, false // «imu sì, bilancio no»
			for i, t := range tokens {
				if t.clause == c && t.sentence == sentence && i < r.from {
					size++
					agreed = agreed || t.word == "si" && (i+1 == len(tokens) || tokens[i+1].clause != c)
				}
			}
			if hit && (!r.plural || size == 0 || size > 3 || agreed) {
				break
			}
			for k, m := range matches {
				last := m.places[len(m.places)-1]
				if last < r.from && tokens[last].clause == c && tokens[last].sentence == sentence && !negated[k] {
					negated[k], hit = true, true
				}
			}
			if c < clause-1 && !hit {
				break
			}
		}
	}
	return negated
}

// refusedTopics are those that are spoken of only to refuse them.
func refusedTopics(matches []match, negated []bool) []int {
	wanted, refused := map[int]bool{}, map[int]float64{}
	for k, m := range matches {
		if m.topic == outside {
			continue
		}
		if negated[k] {
			refused[m.topic] = max(refused[m.topic], m.strength*m.sure)
		} else if m.strength > weakPhrase {
			wanted[m.topic] = true
		}
	}
	var all []int
	for t, strength := range refused {
		if !wanted[t] && strength >= fairPhrase {
			all = append(all, t)
		}
	}
	slices.Sort(all)
	return all
}

package training

import "strings"

// intent is how a text is meant, apart from what it is about.
type intent struct {
	want   float64 // asks for training
	naming float64 // names it: «corso», «formazione»
	report float64 // reports something broken
	about  float64 // talks about a course held, a person, the service
	advice float64 // asks how to decide a case
}

// cueSet finds turns of speech, by whole words.
type cueSet map[string][][]string // by their first word

func newCueSet(cues []string) cueSet {
	set := cueSet{}
	for _, cue := range cues {
		var words []string
		for _, t := range tokenize(cue) {
			words = append(words, t.word)
		}
		if len(words) > 0 {
			set[words[0]] = append(set[words[0]], words)
		}
	}
	return set
}

// at is the number of words of the longest turn that begins at a token, 0 when
// none does.
func (s cueSet) at(tokens []token, i int) int {
	longest := 0
	for _, words := range s[tokens[i].word] {
		if len(words) <= longest || i+len(words) > len(tokens) {
			continue
		}
		whole := true
		for k, w := range words {
			whole = whole && tokens[i+k].word == w
		}
		if whole {
			longest = len(words)
		}
	}
	return longest
}

// count is the number of places at which a turn begins.
func (s cueSet) count(tokens []token) float64 {
	n := 0.0
	for i := range tokens {
		if s.at(tokens, i) > 0 {
			n++
		}
	}
	return n
}

// drop makes the words of every turn found carry no subject.
func (s cueSet) drop(tokens []token) {
	for i := range tokens {
		for k := range s.at(tokens, i) {
			tokens[i+k].stop, tokens[i+k].capitals = true, false
		}
	}
}

func (r *NeedReader) intent(text string, tokens []token) intent {
	in := intent{
		want:   min(r.want.count(tokens), 3),
		naming: min(r.naming.count(tokens), 1),
		report: min(r.report.count(tokens), 3),
		about:  min(r.about.count(tokens), 3),
		advice: min(r.advice.count(tokens), 2),
	}
	if strings.Contains(text, "?") {
		in.advice += 0.5
	}
	return in
}

// shift is what the intent adds to the evidence for every topic.
func (in intent) shift() float64 {
	against := 2.6*in.report + 3.0*in.about + 0.7*in.advice
	if in.want > 0 {
		against *= 0.4
	}
	return 0.25*min(in.want+in.naming, 3) - against
}

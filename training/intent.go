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

// count is the number of turns found; each counts once for each place.
func (s cueSet) count(tokens []token) float64 {
	n := 0.0
	for i, t := range tokens {
		for _, words := range s[t.word] {
			if i+len(words) > len(tokens) {
				continue
			}
			whole := true
			for k, w := range words {
				whole = whole && tokens[i+k].word == w
			}
			if whole {
				n++
				break
			}
		}
	}
	return n
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
	against := 2.0*in.report + 2.2*in.about + 0.7*in.advice
	if in.want > 0 {
		against *= 0.4
	}
	return 0.25*min(in.want+in.naming, 3) - against
}

package training

import (
	"math"
	"slices"
)

// likeness compares a text with all that is said of each topic: the cosine of
// their tf-idf vectors. It helps where no phrase is found, and orders what is
// less sure.
type likeness struct {
	idf     map[string]float64
	weights map[string][]topicWeight // of a stem, by topic
	topics  int
}

type topicWeight struct {
	topic  int
	weight float64
}

func newLikeness(topics []Topic, v vocabulary) *likeness {
	l := &likeness{idf: map[string]float64{}, weights: map[string][]topicWeight{}, topics: len(topics)}
	counts := make([]map[string]float64, len(topics))
	for i, t := range topics {
		counts[i] = map[string]float64{}
		add := func(weight float64, texts ...string) {
			for _, text := range texts {
				for _, tok := range tokenize(text) {
					if !tok.stop {
						counts[i][tok.stem] += weight
					}
				}
			}
		}
		add(3, t.Title)
		add(1.5, t.Description)
		add(2, t.Synonyms...)
		add(1, v.Topics[t.ID].Strong...)
		add(0.5, v.Topics[t.ID].Weak...)
		for stem := range counts[i] {
			l.idf[stem]++
		}
	}
	for stem, n := range l.idf {
		l.idf[stem] = math.Log(1 + float64(len(topics))/n)
	}
	for i := range topics {
		norm := 0.0
		for stem, n := range counts[i] {
			w := (1 + math.Log(1+n)) * l.idf[stem]
			counts[i][stem] = w
			norm += w * w
		}
		// Half the length only: topics with many words are not punished for them.
		norm = math.Pow(norm, 0.25)
		for stem, w := range counts[i] {
			l.weights[stem] = append(l.weights[stem], topicWeight{i, w / norm})
		}
	}
	for _, ws := range l.weights {
		slices.SortFunc(ws, func(a, b topicWeight) int { return a.topic - b.topic })
	}
	return l
}

// to is the likeness of the text to each topic, 0 to 1: the best is as high as
// the text is made of words that are known.
func (l *likeness) to(tokens []token) []float64 {
	scores := make([]float64, l.topics)
	seen := map[string]bool{}
	norm := 0.0
	for _, t := range tokens {
		if t.stop || seen[t.stem] {
			continue
		}
		seen[t.stem] = true
		idf, known := l.idf[t.stem]
		if !known {
			idf = 1.5
		}
		norm += idf * idf
		for _, w := range l.weights[t.stem] {
			scores[w.topic] += idf * w.weight
		}
	}
	if norm == 0 {
		return scores
	}
	norm = math.Sqrt(norm)
	for i := range scores {
		scores[i] = min(scores[i]/norm/2, 1)
	}
	return scores
}

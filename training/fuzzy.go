package training

// spelling finds the stem that was meant by a word with a typing error.
type spelling struct {
	known map[string]bool
	// stems by their length, for those long enough to be told apart.
	byLength [maxTokenBytes + 3][]string
}

const (
	minFuzzy    = 6 // letters of the stem, from which one error is forgiven
	minFuzzyTwo = 9 // two errors
)

func newSpelling(stems []string) *spelling {
	s := &spelling{known: map[string]bool{}}
	for _, stem := range stems {
		if s.known[stem] {
			continue
		}
		s.known[stem] = true
		if len(stem) >= minFuzzy-1 && len(stem) <= maxTokenBytes {
			s.byLength[len(stem)] = append(s.byLength[len(stem)], stem)
		}
	}
	return s
}

// nearest is the known stem within the distance allowed, if there is just one
// nearest. Words that hold a figure are names of laws: they are never guessed.
func (s *spelling) nearest(stem string) (string, bool) {
	if len(stem) < minFuzzy || len(stem) > maxTokenBytes || s.known[stem] || hasDigit(stem) {
		return "", false
	}
	allowed := 1
	if len(stem) >= minFuzzyTwo {
		allowed = 2
	}
	best, found, ties := allowed+1, "", 0
	for n := len(stem) - allowed; n <= len(stem)+allowed; n++ {
		if n < 0 || n >= len(s.byLength) {
			continue
		}
		for _, k := range s.byLength[n] {
			// People mistake the first letter least; only the two first may
			// have changed places.
			if k[0] != stem[0] && (k[0] != stem[1] || k[1] != stem[0]) {
				continue
			}
			if d := damerau(stem, k, best); d < best {
				best, found, ties = d, k, 0
			} else if d == best && d <= allowed {
				ties++
			}
		}
	}
	return found, found != "" && ties == 0
}

func hasDigit(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			return true
		}
	}
	return false
}

// damerau is the distance in letters put in, left out, changed or swapped with
// their neighbour; it gives up beyond limit.
func damerau(a, b string, limit int) int {
	var rows [3][maxTokenBytes + 2]int
	if len(a) > maxTokenBytes || len(b) > maxTokenBytes {
		return limit + 1
	}
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := 0; j <= len(b); j++ {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}

package dialog

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	keyInCode  = regexp.MustCompile(`"([a-z_]+(?:\.[a-z_0-9]+)*)"`)
	keyInText  = regexp.MustCompile(`\{[?*][a-z]+:([a-z_.]+)\}`)
	textInCode = regexp.MustCompile(`(?:reply|ask|farewell)\("([a-z_.0-9]+)"|Text: "([a-z_.0-9]+)"|otherwise\([^,]+, "([a-z_.0-9]+)"|mailTo\([^,]+, "([a-z_.0-9]+)"`)
)

// TestTextsAreWhole: each text that is sent exists, each that exists is used.
func TestTextsAreWhole(t *testing.T) {
	files, _ := filepath.Glob("*.go")
	var code strings.Builder
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(b)
		}
	}
	for _, m := range textInCode.FindAllStringSubmatch(code.String(), -1) {
		key := m[1] + m[2] + m[3] + m[4]
		if choice, ok := strings.CutPrefix(key, "choice."); ok {
			if it.Choice[choice] == "" {
				t.Errorf("the choice %q has no label", choice)
			}
		} else if it.Text[key] == "" && !strings.HasSuffix(key, ".") && !strings.HasSuffix(key, "_") {
			t.Errorf("the text %q does not exist", key)
		}
	}
	used := map[string]bool{}
	for _, m := range keyInCode.FindAllStringSubmatch(code.String(), -1) {
		used[m[1]] = true
	}
	for _, text := range it.Text {
		for _, m := range keyInText.FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
		}
	}
	made := regexp.MustCompile(`^(edition\.ask_|survey\.item_|colleague\.(confirmed|waitlisted)|prefer\.(chat|mail))`)
	for key := range it.Text {
		if !used[key] && !made.MatchString(key) {
			t.Errorf("the text %q is never sent", key)
		}
	}
}

// TestTextsReadWell: no gendered forms with a slash or an asterisk, no long
// sentences, no doubled spaces, whole sentences.
func TestTextsReadWell(t *testing.T) {
	gendered := regexp.MustCompile(`\p{L}[oae]/[aoie]\b|\p{L}\*\p{L}|iscritt[oai]\b|benvenut[oa]|registrat[oa] con`)
	for key, text := range it.Text {
		if m := gendered.FindString(text); m != "" {
			t.Errorf("%s: %q speaks of one gender", key, m)
		}
		if strings.Contains(text, "  ") {
			t.Errorf("%s: two spaces in a row", key)
		}
		if first := []rune(text)[0]; unicode.IsLower(first) {
			t.Errorf("%s begins with a small letter", key)
		}
		if n := strings.Count(text, "?") - strings.Count(text, "{?"); n > 2 && key != "survey.mail" {
			t.Errorf("%s asks %d questions", key, n)
		}
		for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".?!:\n;", r) }) {
			if words := len(strings.Fields(sentence)); words > 26 {
				t.Errorf("%s: a sentence of %d words: %q", key, words, sentence)
			}
		}
	}
	for key, subject := range it.Subject {
		if strings.Contains(subject, "{person") || strings.Contains(subject, "{guest") {
			t.Errorf("the subject of %s names a person", key)
		}
	}
}

func FuzzParseAct(f *testing.F) {
	f.Add("1|enrol|abc|")
	f.Add("2|enrol")
	f.Fuzz(func(t *testing.T, data string) {
		act, err := ParseAct(data)
		if err != nil {
			return
		}
		again, err := ParseAct(act.Data())
		act.Arg = strings.TrimRight(act.Arg, "|")
		if err != nil || again != act {
			t.Errorf("%q became %v and then %v", data, act, again)
		}
	})
}

// FuzzUnderstand: whatever is typed becomes an act that exists, or none.
func FuzzUnderstand(f *testing.F) {
	for _, s := range []string{"/start", "apri 1", "assenti: Rossi", "sì, grazie", "2", "\u200b", "nuovo corso: a; b"} {
		f.Add(s)
	}
	q := &ask{Choices: yesNo(Act{Verb: "enrol"})}
	f.Fuzz(func(t *testing.T, text string) {
		text = bounded(text)
		for _, try := range []func() (Act, bool){
			func() (Act, bool) { return command(firstLine(text), q) },
			func() (Act, bool) { return q.choose(text) },
			func() (Act, bool) { return sentence(firstLine(text)) },
		} {
			if act, ok := try(); ok && verbs[act.Verb] == nil {
				t.Errorf("%q asks for %q, which nobody answers", text, act.Verb)
			}
		}
	})
}

func TestCommandsHaveVerbs(t *testing.T) {
	for word, verb := range commands {
		if verbs[verb] == nil {
			t.Errorf("%q leads to %q, which nobody answers", word, verb)
		}
		if word != bare(word) {
			t.Errorf("%q is never what a message is compared with (%q)", word, bare(word))
		}
	}
}

package training

import (
	_ "embed"
	"encoding/json"
)

// vocabulary holds the words of the field: how the subjects of the built-in
// catalogue are spoken of in municipal offices, subjects outside of it that
// are easily taken for one inside, and the turns by which a wish for training
// is told from a question, a complaint or a greeting. A catalogue of one's own
// uses the words of those topics whose ids it shares.
type vocabulary struct {
	Topics map[string]struct {
		Strong []string `json:"strong"`
		Weak   []string `json:"weak"`
	} `json:"topics"`
	// Outside are subjects that no topic of the catalogue covers.
	Outside []string `json:"outside"`
	// Capitals are words that mean the subject only in capitals: «VIA», «AI».
	Capitals []string `json:"capitals"`
	Cues     struct {
		Want   []string `json:"want"`   // asks for training
		Naming []string `json:"naming"` // names training
		Report []string `json:"report"` // reports a hole in the road
		About  []string `json:"about"`  // talks about a course, or about nothing
		// Ignored say how or by whom, never what: «in presenza», «va in pensione».
		Ignored []string `json:"ignored"`
		Advice  []string `json:"advice"` // asks how to decide a case
	} `json:"cues"`
}

//go:embed vocabulary.json
var builtinVocabulary []byte

func loadVocabulary() vocabulary {
	var v vocabulary
	if err := json.Unmarshal(builtinVocabulary, &v); err != nil {
		panic("training: vocabulary.json: " + err.Error())
	}
	return v
}

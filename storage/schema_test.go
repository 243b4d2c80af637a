package storage

import (
	"testing"

	"regia/dialog/shapetest"
)

// TestSchema: what the store writes beside the documents of the conversations
// looks as its golden file says.
func TestSchema(t *testing.T) {
	for name, thing := range map[string]any{
		"undo": undoRecord{}, "pending": pendingInput{}, "dead": Dead{}, "aftermath": job{},
		"backup": backupManifest{}, "backup_key": savedKey{},
	} {
		shapetest.Golden(t, name, Schema, thing)
	}
	if undoSchema != Schema {
		t.Error("the number of undo records is that of the store")
	}
}

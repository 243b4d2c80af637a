package bot

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"regia/dialog"
)

// step is one call that a message needs: a part of its text or a document.
type step struct {
	html    string
	buttons [][]models.InlineKeyboardButton
	edit    int // the message to change; 0 sends a new one
	doc     *dialog.Attachment
}

var (
	errEmpty  = errors.New("the message has neither words nor documents")
	errNoChat = errors.New("the message has no chat")
)

const (
	maxDocument = 50 << 20 // Telegram takes no more
	maxButtons  = 100
)

// compose makes the calls of a rendered message: the text in parts, with the
// buttons under the last one, then the documents.
func (s *Sender) compose(out dialog.Out, r dialog.Rendered) ([]step, error) {
	if r.ChatID == 0 {
		return nil, errNoChat
	}
	var steps []step
	for _, part := range split(clean(r.Body), maxText) {
		steps = append(steps, step{html: markup(part)})
	}
	if len(steps) > 0 {
		steps[0].edit = out.Edit
		steps[len(steps)-1].buttons = s.keyboard(out.ID, r.Buttons)
	}
	for i := range r.Attach {
		a := &r.Attach[i]
		if len(a.Body) == 0 || len(a.Body) > maxDocument {
			s.log.Warn("a document was left out", slog.String("out", out.ID), slog.Int("bytes", len(a.Body)))
			continue
		}
		steps = append(steps, step{doc: a})
	}
	if len(steps) == 0 {
		return nil, errEmpty
	}
	return steps, nil
}

// keyboard makes the buttons, without those that Telegram would refuse the
// whole message for.
func (s *Sender) keyboard(id string, rows [][]dialog.Button) [][]models.InlineKeyboardButton {
	var out [][]models.InlineKeyboardButton
	n := 0
	for _, row := range rows {
		var line []models.InlineKeyboardButton
		for _, b := range row {
			label := strings.TrimSpace(clean(b.Label))
			if label == "" || b.Data == "" || len(b.Data) > maxData || n == maxButtons {
				s.log.Error("a button was left out", slog.String("out", id))
				continue
			}
			line = append(line, models.InlineKeyboardButton{Text: label, CallbackData: b.Data})
			n++
		}
		if len(line) > 0 {
			out = append(out, line)
		}
	}
	return out
}

// markupOf is nil for no buttons: of an empty keyboard the library would write
// null, which is none of the markups.
func markupOf(rows [][]models.InlineKeyboardButton) models.ReplyMarkup {
	if len(rows) == 0 {
		return nil
	}
	return models.InlineKeyboardMarkup{InlineKeyboard: rows}
}

var noPreview = func() *models.LinkPreviewOptions {
	yes := true
	return &models.LinkPreviewOptions{IsDisabled: &yes}
}()

// perform makes one call. A message that cannot be edited any more is sent
// anew.
func (c *client) perform(ctx context.Context, chat int64, st step) (verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var err error
	switch {
	case st.doc != nil:
		_, err = c.library.SendDocument(ctx, &telegram.SendDocumentParams{
			ChatID:   chat,
			Document: &models.InputFileUpload{Filename: fileName(st.doc.Name), Data: bytes.NewReader(st.doc.Body)},
		})
		err = c.redact(err)
	case st.edit != 0:
		_, err = c.call(ctx, "editMessageText", telegram.EditMessageTextParams{
			ChatID: chat, MessageID: st.edit, Text: st.html, ParseMode: models.ParseModeHTML,
			LinkPreviewOptions: noPreview, ReplyMarkup: markupOf(st.buttons),
		})
	default:
		_, err = c.call(ctx, "sendMessage", telegram.SendMessageParams{
			ChatID: chat, Text: st.html, ParseMode: models.ParseModeHTML,
			LinkPreviewOptions: noPreview, ReplyMarkup: markupOf(st.buttons),
		})
	}
	v, _ := judge(err)
	return v, err
}

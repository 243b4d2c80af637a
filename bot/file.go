package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	telegram "github.com/go-telegram/bot"

	"regia/dialog"
)

type keepFunc func(ctx context.Context, name, mime string, body io.Reader) (dialog.File, error)

const fileTimeout = 30 * time.Second

// fetch keeps a file that came with an update. A file that cannot be had is
// nil: the conversation then asks for it again, and nobody waits.
func (r *Reader) fetch(ctx context.Context, id string, d *document) *dialog.File {
	if r.keep == nil || d.FileID == "" || d.Size > dialog.MaxFile {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, fileTimeout)
	defer cancel()
	f, err := r.download(ctx, d)
	if err != nil {
		r.log.Warn("a file was not fetched", slog.String("update", id), slog.Any("error", err))
		return nil
	}
	return &f
}

func (r *Reader) download(ctx context.Context, d *document) (dialog.File, error) {
	f, err := r.library.GetFile(ctx, &telegram.GetFileParams{FileID: d.FileID})
	if err != nil {
		return dialog.File{}, r.redact(err)
	}
	if f.FilePath == "" || strings.Contains(f.FilePath, "..") {
		return dialog.File{}, errors.New("the file has no path")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.file+f.FilePath, nil)
	if err != nil {
		return dialog.File{}, r.redact(err)
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return dialog.File{}, r.redact(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return dialog.File{}, &statusError{code: resp.StatusCode}
	}
	body := &bounded{r: resp.Body, left: dialog.MaxFile}
	kept, err := r.keep(ctx, fileName(d.Name), short(clean(d.Type), 100), body)
	if err != nil {
		return dialog.File{}, fmt.Errorf("keep the file: %w", err)
	}
	return kept, nil
}

// bounded fails where a file is longer than it may be; to cut it silently
// would keep half a document.
type bounded struct {
	r    io.Reader
	left int64
}

var errTooBig = errors.New("the file is too big")

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooBig
	}
	return n, err
}

package storage

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	json "github.com/go-json-experiment/json/v1"

	"regia/dialog"
)

// Files are the files that came in, each under the SHA-256 of its content.
type Files struct{ dir string }

// Files of the data folder of the store.
func (s *Store) Files() Files { return FilesIn(s.data) }

// FilesIn is the files of a data folder.
func FilesIn(data string) Files { return Files{filepath.Join(data, "files")} }

// ErrTooLarge says that a file is larger than allowed.
var ErrTooLarge = errors.New("storage: file too large")

var hexSum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Put writes a file of at most limit bytes and syncs it and its folder, so that
// the message that names it may be handled. The disk being full is temporary.
func (f Files) Put(r io.Reader, limit int64, name, kind string) (dialog.File, error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return dialog.File{}, fmt.Errorf("%w: %w", ErrTemporary, err)
	}
	temp, err := os.CreateTemp(f.dir, ".new-*")
	if err != nil {
		return dialog.File{}, fmt.Errorf("%w: %w", ErrTemporary, err)
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	hash := sha256.New()
	source := &failing{r: r}
	size, err := io.Copy(io.MultiWriter(temp, hash), io.LimitReader(source, limit+1))
	if err == nil && size <= limit {
		err = temp.Sync()
	}
	err = errors.Join(err, temp.Close())
	switch {
	case source.err != nil:
		return dialog.File{}, source.err // of the reader, not of the disk
	case err != nil:
		return dialog.File{}, fmt.Errorf("%w: %w", ErrTemporary, err)
	case size > limit:
		return dialog.File{}, ErrTooLarge
	}
	file := dialog.File{SHA256: hex.EncodeToString(hash.Sum(nil)), Name: name, Type: kind, Size: size}
	filing.Lock()
	err = os.Rename(temp.Name(), filepath.Join(f.dir, file.SHA256))
	filing.Unlock()
	if err != nil {
		return dialog.File{}, fmt.Errorf("%w: %w", ErrTemporary, err)
	}
	if err := syncDir(f.dir); err != nil {
		return dialog.File{}, fmt.Errorf("%w: %w", ErrTemporary, err)
	}
	return file, nil
}

// filing is held while a file comes or is swept: one that comes again must not
// be taken for the old one.
var filing sync.Mutex

// failing remembers what the reader itself failed with.
type failing struct {
	r   io.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// Open reads a file.
func (f Files) Open(sum string) (io.ReadCloser, error) {
	if !hexSum.MatchString(sum) {
		return nil, fmt.Errorf("storage: %q is not the name of a file", sum)
	}
	return os.Open(filepath.Join(f.dir, sum))
}

// Remove removes a file; one that is gone already is no error.
func (f Files) Remove(sum string) error {
	if !hexSum.MatchString(sum) {
		return nil // nothing can be stored under it
	}
	if err := os.Remove(filepath.Join(f.dir, sum)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := syncDir(f.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sums of all files.
func (f Files) sums() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var sums []string
	for _, e := range entries {
		if hexSum.MatchString(e.Name()) {
			sums = append(sums, e.Name())
		}
	}
	return sums, err
}

// syncDir makes the names in a folder last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func erasedPath(data string) string { return filepath.Join(data, "erased") }

// appendErased adds a line to <data>/erased. A crash may add it twice, or leave
// half of it, which then stands alone on its line.
func appendErased(data string, e erased) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(erasedPath(data), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	end := make([]byte, 1)
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		if _, err := f.ReadAt(end, info.Size()-1); err == nil && end[0] != '\n' {
			line = append([]byte{'\n'}, line...)
		}
	}
	_, err = f.Write(append(line, '\n'))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), syncDir(data))
}

// readErased reads lines of <data>/erased; damaged ones are skipped: their
// commit left them to be written again.
func readErased(raw []byte) []erased {
	var all []erased
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e erased
		if json.Unmarshal(lines.Bytes(), &e) == nil && len(e.Version) == versionWidth {
			all = append(all, e)
		}
	}
	return all
}

package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// waiting lists UID and size of what is in the mailbox from a UID on.
func (s *session) waiting(ctx context.Context, from imap.UID) ([]item, error) {
	var out []item
	err := s.within(ctx, func() error {
		set := imap.UIDSet{imap.UIDRange{Start: from, Stop: 0}}
		cmd := s.c.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true, Flags: true, InternalDate: true})
		msgs, err := cmd.Collect()
		for _, m := range msgs {
			// «n:*» always has the last message in it.
			if m.UID >= from && m.UID != 0 {
				out = append(out, item{
					uid: m.UID, size: m.RFC822Size, date: m.InternalDate,
					dealt: slices.Contains(m.Flags, dealtWith), seen: slices.Contains(m.Flags, imap.FlagSeen),
				})
			}
		}
		return err
	})
	return out, err
}

// item is a message that waits.
type item struct {
	uid   imap.UID
	size  int64
	date  time.Time // of its arrival
	dealt bool      // it was left here and is not to be read again
	seen  bool      // by people
}

// dealtWith is the keyword of what was dealt with and stays where it is.
const dealtWith imap.Flag = "RegiaDone"

// mark puts the keyword on messages, where the server keeps such.
func (s *session) mark(ctx context.Context, uids []imap.UID) error {
	if len(uids) == 0 || !s.keywords {
		return nil
	}
	return s.within(ctx, func() error {
		return s.c.Store(imap.UIDSetNum(uids...), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{dealtWith}}, nil).Close()
	})
}

// bodies fetches whole messages, or headers only, without marking them read.
func (s *session) bodies(ctx context.Context, items []item, headerOnly bool) (map[imap.UID][]byte, error) {
	var set imap.UIDSet
	for _, it := range items {
		set.AddNum(it.uid)
	}
	section := &imap.FetchItemBodySection{Peek: true}
	if headerOnly {
		section.Specifier = imap.PartSpecifierHeader
		section.Partial = &imap.SectionPartial{Offset: 0, Size: maxHeader}
	}
	out := make(map[imap.UID][]byte, len(items))
	err := s.within(ctx, func() error {
		return s.collect(s.c.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}), out)
	})
	return out, err
}

// collect reads the bodies off a running command. When a body breaks off it
// leaves the command alone and closes the connection: the library's Collect
// would read on beside its own decoder.
func (s *session) collect(cmd *imapclient.FetchCommand, out map[imap.UID][]byte) error {
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		var uid imap.UID
		var body []byte
		found := false
		for it := msg.Next(); it != nil; it = msg.Next() {
			switch it := it.(type) {
			case imapclient.FetchItemDataUID:
				uid = it.UID
			case imapclient.FetchItemDataBodySection:
				found = true
				if it.Literal == nil {
					continue
				}
				var err error
				if body, err = io.ReadAll(it.Literal); err != nil || int64(len(body)) < it.Literal.Size() {
					s.close()
					return fmt.Errorf("body broke off: %w", errors.Join(err, io.ErrUnexpectedEOF))
				}
			}
		}
		if found && uid != 0 {
			out[uid] = body
		}
	}
	return cmd.Close()
}

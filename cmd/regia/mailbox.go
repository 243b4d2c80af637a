package main

import (
	"fmt"

	"regia/mail"
)

// mailbox is an account as the environment names it: where mail is read, where
// it leaves, and the address.
type mailbox struct {
	IMAP, SMTP secretText
	Address    string
	names      [3]string // of the variables
}

func mailboxFrom(imap, smtp, address string, env func(string) string) mailbox {
	return mailbox{secretText(env(imap)), secretText(env(smtp)), env(address), [3]string{imap, smtp, address}}
}

// set tells whether all of it is there.
func (m mailbox) set() bool { return m.IMAP != "" && m.SMTP != "" && m.Address != "" }

// wrong says that something is missing where something is there.
func (m mailbox) wrong(what string) error {
	if m.set() || m.IMAP == "" && m.SMTP == "" && m.Address == "" {
		return nil
	}
	return fmt.Errorf("per %s servono tutti e tre: %s, %s e %s", what, m.names[0], m.names[1], m.names[2])
}

// open reads the URLs and the address; nothing is connected.
func (m mailbox) open() (in mail.Endpoint, out mail.Account, err error) {
	if out.Letter.From, err = mail.ParseAddress(m.Address); err != nil {
		return in, out, fmt.Errorf("%s non è un indirizzo: %w", m.names[2], err)
	}
	if in, err = mail.ParseURL(string(m.IMAP)); err != nil {
		return in, out, fmt.Errorf("%s: %w", m.names[0], err)
	}
	if out.Endpoint, err = mail.ParseURL(string(m.SMTP)); err != nil {
		return in, out, fmt.Errorf("%s: %w", m.names[1], err)
	}
	return in, out, nil
}

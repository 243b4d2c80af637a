// Package mail reads a mailbox and writes mail, so that whoever only ever
// replies to an e-mail takes part in everything.
//
// # Contract
//
// Reading. [Reader] lists what waits (UID and size), fetches bodies that are
// not too large, and hands them to an [Intake]. Only when Take has returned a
// verdict is a message moved: what was committed to Processed, what nobody can
// read to Quarantine. A message is thus always in one of three places, and a
// crash at any instant leads to a second reading, never to a loss; the second
// reading is told by its id and by [Message.Also]. A box of certified mail
// keeps everything where it is ([Reader.Keep]).
//
// Understanding. [Understand] is pure and bounded: the raw bytes, the address
// of the service and the instant give a [Message] whose Kind says what it is
// and whose Text holds what its writer wrote, without quotes, signature,
// footer and disclaimer. Nothing in it is believed: From is what the message
// claims, [Message.Proof] is what the own server says of it, and the token is
// checked by dialog.
//
// Sending. [Sender] claims messages from a [dialog.Outbox], has them put into
// words, and submits them on one connection. The Message-ID is made of the id
// of the message and never changes, so that a repeat is merged by the programs
// that show it. What the server accepted counts as delivered whatever happens
// on the connection afterwards. The envelope sender carries a token of the
// message, so that whatever comes back to it is tied to that message and is
// never taken for an answer. Certified mail leaves through an account of its
// own.
//
// The package imports dialog and nothing else of the program. Logs hold ids.
package mail

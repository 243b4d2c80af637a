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
// Certified mail (PEC). The signature of a transport envelope is not verified
// here: it would need the operators' certificates and their list, kept current.
// In the account of certified mail ([Desk.Certified]) the operator has verified
// it: a message from another operator arrives in an envelope marked
// posta-certificata, and its From is that of the account it left from; anything
// else arrives as an anomaly (X-Trasporto: errore) and proves nothing, so that an
// act is asked back. Receipts count in that account alone. In the ordinary
// account both headers can be written by anybody: an envelope is opened for its
// words, what the own server says of it proves nobody, and a receipt does nothing.
//
// Sending. [Sender] claims messages from a [dialog.Outbox], has them put into
// words, and submits them on one connection. The Message-ID is made of the id
// of the message and never changes, so that a repeat is merged by the programs
// that show it. What the server accepted counts as delivered whatever happens
// on the connection afterwards. The envelope sender carries a token of the
// message, so that whatever comes back to it is tied to that message and is
// never taken for an answer; it is not in the Message-ID, which whoever gets a
// forwarded message sees. Certified mail leaves through an account of its
// own.
//
// The package imports dialog and nothing else of the program. Logs hold ids.
package mail

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
// on the connection afterwards. Certified mail leaves through an account of its
// own.
//
// What comes back. The envelope carries a token of the message and of the address
// it goes to, so that a report is tied to both and is never taken for an answer:
// in its sender, or, where the service has no plus addresses ([Letter.NoPlus]), in
// its id (ENVID, RFC 3461), which a server that knows of it names in its report.
// Only the servers on the way see it, and only a report that has it may say that
// an address is gone. Whatever else names a message, its Message-ID and the token
// of its question, is known to everybody it was forwarded to, who can write a
// report with a null sender as well as any server: such a report has the message
// sent again, and closes no address. So without plus addresses, and with a server
// that does not know RFC 3461, an address that is gone is found out only when the
// server refuses it at once.
//
// The package imports dialog and nothing else of the program. Logs hold ids.
package mail

// Package dialog is what is said: one function, Handle, answers every message
// that reaches the service, whichever way it came, and says what is to be
// stored, sent and remembered. The conversations are written once for chat and
// mail.
//
// # Contract
//
// Handling is pure. It reads documents through a Tx, writes them through the
// same Tx, and knows no clock, no network and no chance but those that the Tx
// derives from the message: handled twice, a message gives the same. What it
// did becomes true in one commit, or not at all.
//
// A message ([In]) has an id, and the store remembers it: a message that was
// committed once is never handled again.
//
// What goes out ([Out]) is stored as a recipient, the key of a text, ids and
// numbers, and is put into words by [Render] when it leaves, from documents
// read at that moment: whoever was erased meanwhile is not written to, whoever
// moved from chat to mail is reached there.
//
// # The shape of a conversation
//
// Whatever a person can do is an [Act]: a verb, the id of the document it is
// about, and an argument. A button carries an act; a word, a number or a
// sentence typed in reply to a question is turned into the act that the
// question ([Ask]) foresaw for it; a timer and a slot of the calendar find
// their handler by name in the same way. The state of a conversation stands in
// the documents it is about (a need, an edition, an answer sheet) and not in
// the conversation, so that it can be begun in chat and finished by mail, and
// last month's buttons still answer.
//
// dialog imports training and nothing else of the program.
package dialog

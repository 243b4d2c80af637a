// Package bot is Telegram: a poll loop that loses nothing and a sender that
// keeps to Telegram's limits.
//
// # Contract
//
// Reading. [Reader] fetches updates, hands them to an [Intake] as raw bytes
// with their ids, and tells Telegram to forget them only after Take returned
// without an error, that is, after each was committed or put with the dead
// letters. It looks into an update no further than for its id (and, where it
// carries them, a file to fetch and a callback to answer), so no update can
// stop the loop; [Decode], pure, makes a dialog.In of the bytes later, where
// attempts are counted. Ids are never compared with older ones: they begin
// anew at random after a quiet week. Callback queries are answered after the
// commit, best effort.
//
// Sending. [Sender] claims from dialog.Outbox, has each message put into words
// at the moment it leaves, and says Done or Fail. Replies go before notices.
// All together stay under 30 messages in any second, notices under one a
// second for each person, so that Telegram has no reason to answer 429; when
// it does, the person's messages wait as long as it says. Delivery is at least
// once: what was in flight when the process died is sent again.
//
// A process that runs both calls [Sender.Wake] after each commit, so that an
// answer does not wait for the next look into the outbox.
//
// Logs hold ids of updates and messages only; the token is in no error.
//
// bot imports dialog and nothing else of the program.
package bot

// Package mailtest has the mail servers that mail is tested against and that
// the demonstration runs on.
//
// [Start] is a server in memory: SMTP and IMAP on loopback, a mailbox for the
// service and one for every address that is written to, read and answered
// through [Server.Box] and [Server.Reply]. It imports no testing.
//
// [StartDovecot] and [StartPostfix] run the real ones on loopback, with
// configuration, queue and mail in a folder of their own, as children of the
// process that ends them by their own pids.
package mailtest

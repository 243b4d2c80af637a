// Package bottest is a Bot API server of the project's own, for tests, for
// benchmarks and for the demo: it answers on loopback the methods that the
// service uses, and it is as strict as Telegram, or stricter.
//
// # Contract
//
//   - An unknown method is 404; an unknown parameter, a wrong type, a missing
//     one are 400 (Telegram is silent about unknown ones: here they are slips
//     of the pen). The parameters stand in table.go.
//   - getUpdates confirms what is below offset and nothing else, gives what is
//     unconfirmed again, honours limit, timeout and allowed_updates, and ends
//     an older call with 409. What nobody fetched for 24 hours is lost; after a
//     week without updates the next id is a random one.
//   - Texts are measured in UTF-16 units after the marks are taken out, HTML
//     that does not parse is refused, callback data has 1 to 64 bytes, an edit
//     that changes nothing is "message is not modified".
//   - A chat that never wrote is "chat not found"; one whose person stopped the
//     bot is 403.
//   - With [Limits], what is too fast is 429 with retry_after, by the clock
//     given in [Options].
//
// A person is played with [Server.Say], [Server.Press], [Server.Block],
// [Server.Sticker], [Server.SendFile] and [Server.Inject]; what reached a
// person is read with [Server.Messages] or followed with [Server.Subscribe].
//
// The package does not import testing, since the demo uses it.
package bottest

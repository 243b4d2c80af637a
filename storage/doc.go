// Package storage keeps a province in Redis: its documents, lists, timers and
// outgoing messages, and the one place where all of them change, the commit.
//
// # Contract
//
// A message is handled over a snapshot ([dialog.Tx]) that remembers the version
// of every document it read, a missing one being version zero. The commit is a
// single Lua call: it checks the fencing number of the writer, that none of the
// messages was committed before, and that no document that was read changed
// since; then it writes documents, lists, timers and outgoing messages of a
// whole batch. Either all of it is true afterwards or none of it.
//
// A [Writer] is the only one that commits. There is one per province: a second
// one waits for the lease, and one that lost it is refused by the fencing number.
//
// Messages that go out wait in lanes ([Outbox]); those that failed for good, and
// those handed in by another process, wait in the list of pending inputs, so that
// a crash loses none of them.
//
// Every key starts with the name of the province in braces, so that a province
// lives in one slot of a Redis Cluster, and is built in keys.go. The scripts take
// fixed keys as KEYS, and full names of documents, lists and lanes as arguments:
// all of them are in that same slot.
//
// Instants are given by the caller. TTLs collect garbage and decide nothing.
//
// Logs name ids, never what a message says.
package storage

// Command bench prints the rows of the design's numbers for updates, latency,
// bulk, memory and growth, each as a ratio from one run on one machine.
//
// # Contract
//
// It starts what it measures: the program that is given with --regia (`make
// bench` builds it), a redis-server on a unix socket for each run, and the
// grammY bot of bench/grammy, with its runner, updates of one chat in order,
// and its session state in a Redis of the same durability. Both bots speak with
// the same Bot API server (bot/bottest) with its limits off, hold the same
// conversation, and give the same replies: those that regia gave to a first
// person are what the other one sends. Only the bulk row has Telegram's limits.
//
// The ten steps are written words, and all first steps wait before the second
// ones, as after an outage. A run counts only if each chat got its ten replies
// in order. People are imported by the service's own handling; linking their
// chats, which needs a mailbox, is written directly.
//
// The processor time is that of the bot process alone, from /proc; Redis and
// the Bot API server are the same for both and not counted, but in the growth
// row, where the store is what may grow. What the peer does not do (remember
// each update against repeats, keep what is to be sent, render when it leaves)
// is part of regia's figures.
//
// Nothing is asserted: a figure that is not met says so in the last column.
// Everything is bounded in time and count.
package main

// Package scheduler turns the clock into messages: it knows the table of jobs,
// tells which slots of the calendar and which timers are due, and is the only
// thing in the program that moves time.
//
// # Contract
//
// A job is a name, the instants at which it is due between two others, a rule
// for what was missed while the program was not running, and the age beyond
// which a missed slot is worth nothing. What is due since the last slot that
// was committed becomes messages ([dialog.In]) with the id `cron:<job>@<slot>`;
// the store remembers the slot in the same commit as what the message did, so
// a slot is neither lost nor handled twice, whenever the program stops.
//
// A timer is an instant that a commit asked for; the store keeps it and gives
// it back as a message when it is due.
//
// Time moves in one way ([Advance]): the earliest of the next slot, timer and
// waiting message is taken, the clock is set there, everything runs until
// nothing is due, and so on. One leap therefore does exactly what many steps
// do. Real time ([Run]) is the same with a clock that ticks by itself.
//
// A minute-by-minute tick from robfig/cron wakes the loop and carries no
// meaning: that library skips 02:30 at one end of summer time, doubles it at
// the other and forgets what it missed.
//
// What the scheduler needs of the store is declared here ([Store]); the two
// packages do not know each other.
package scheduler

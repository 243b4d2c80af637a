// Package report makes bytes out of data: what a person opens, prints or puts
// into a calendar.
//
// # Contract
//
// Every function is pure: it is given all it needs, the instant included, and
// gives the same bytes for the same data. Nothing here reads a document, asks
// for the time or speaks to anybody.
package report

// Package training holds the rules of a Province's training service: what is
// true, whatever was said and whichever way it came.
//
// # Contract
//
// There is no clock, no I/O and no context here: whatever needs the time takes
// it, and the same values give the same answer. The nouns are documents, plain
// data with the rules that hold for one of them; rules over several belong to
// whoever loads them all (dialog), in one commit. No document grows with the
// province.
//
// # The eight phases of the training cycle
//
//	1  engagement of the entities, agreements   organization.go, person.go,
//	                                            roster.go (the lists they come in)
//	2  reading of needs                         need.go, catalogue.go,
//	                                            understanding.go and its parts
//	3  programming of the training plan         need.go (Demand), until the plan
//	4  selection of trainers and providers      none yet
//	5  logistics and communication              edition.go, enrollment.go,
//	                                            calendar.go, date.go
//	6  delivery and certificates                enrollment.go (Presence)
//	7  customer satisfaction and monitoring     survey.go
//	8  update of the programme                  none yet
//
// A figure about people exists only as a [Figure], and a Figure only where at
// least [AnonymityThreshold] of them answered.
package training

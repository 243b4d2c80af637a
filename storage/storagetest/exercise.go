package storagetest

import (
	"testing"

	"github.com/redis/go-redis/v9"
)

// Exercise tries everything that the service needs of a Redis. open gives an
// empty one each time.
func Exercise(t *testing.T, open func(t *testing.T) redis.UniversalClient) {
	for _, e := range []struct {
		name string
		test func(*testing.T, redis.UniversalClient)
	}{
		{"a message is committed once, under each of its ids", commitOnce},
		{"a batch is handled in order on one overlay", batchInOrder},
		{"a message that fails loses only its own writes", failureIsAlone},
		{"three failures make a dead letter and a sentence", deadLetter},
		{"a message that kills the process ends as a dead letter", crash},
		{"what passes is tried again and not counted", temporary},
		{"a document changed meanwhile makes the message be handled again", conflict},
		{"a message gives the same ids when handled again", pure},
		{"a message with too many outs fails", tooManyOuts},
		{"lists are read in pages through the overlay", listPages},
		{"a timer goes with the commit of its message", timers},
		{"a timer ends with its message, however that ended", timersEnd},
		{"of a job the last slot is kept", slots},
		{"lanes keep their order and replies go first", lanes},
		{"a dead sender's message comes back to the head", leases},
		{"a temporary failure holds both lanes", holds},
		{"a lasting failure comes back as an input", lastingFailure},
		{"a message may wait", waiting},
		{"what cannot be read is set aside, and its lane goes on", unreadable},
		{"an action is undone, with its lists, timers and messages", undo},
		{"what was built on an action stands in the way of undoing it", undoInTheWay},
		{"what is passing takes no part in an undo", undoPassing},
		{"an undo keeps and brings back nobody who was erased", undoErased},
		{"a second writer waits, and the one before is fenced off", fencing},
		{"a commit's files and erased documents are dealt with after it", aftermath},
		{"a backup restores all but what was erased since", backup},
		{"commits and senders wait while a backup is made", pause},
		{"files that nothing names are swept", sweep},
		{"a lost answer of the store loses and repeats nothing", lostAnswers},
		{"a newer schema is refused", newerSchema},
		{"pending inputs survive and come once", pending},
		{"batches with failures, conflicts and repeats add up", sums},
		{"messages in flight together do what they do singly", flights},
		{"every message leaves in the order of its lane", deliveries},
	} {
		t.Run(e.name, func(t *testing.T) { e.test(t, open(t)) })
	}
}

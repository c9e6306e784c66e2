package post

import "time"

const (
	slowly = 4 * time.Hour
	giveUp = 72 * time.Hour
)

// Delay is how long to wait after the attempt-th failure (1 for the first) of a
// letter before it is sent again: 1, 5, 15 and 60 minutes, then every 4 hours.
// again is false when three days would have passed since the first attempt: then
// somebody has to look at it.
//
// RFC 5321, 4.5.4.1 advises two attempts in the first hour, then one every two or
// three hours or fewer, and to give up after four or five days. That is for a
// relay, which has no other way. A clerk can send the paper, and has to know
// before the week is over; and the first, quick ones reach a server of the
// office's own that was being restarted, and pass a greylist.
func Delay(attempt int) (wait time.Duration, again bool) {
	first := [...]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}
	var passed time.Duration
	for n := 1; passed <= giveUp; n++ {
		wait = slowly
		if n <= len(first) {
			wait = first[n-1]
		}
		passed += wait
		if n >= attempt {
			return wait, passed <= giveUp
		}
	}
	return 0, false
}

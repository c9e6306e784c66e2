package storage

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Jobs sees to it that what several instances would each do now and then is
// done by one of them at a time: the working store remembers when.
type Jobs struct {
	Work WorkStore
	Now  func() time.Time
}

const jobFolder = "jobs/"

type jobDone struct {
	At time.Time `json:"at"`
}

// Due says whether the job is to be done now, and if so books it: nobody else
// is told the same until every has passed after Done. Whoever dies over it, or
// takes longer than a quarter of every, leaves it to be due again.
func (j *Jobs) Due(ctx context.Context, name string, every time.Duration) (bool, error) {
	b, tag, err := j.Work.Get(ctx, jobFolder+name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, err
	}
	var last jobDone
	now := j.Now()
	// A time that lies ahead was booked by a clock that was wrong.
	if err == nil && json.Unmarshal(b, &last) == nil && now.Sub(last.At) < every && !last.At.After(now.Add(time.Hour)) {
		return false, nil
	}
	return j.book(ctx, name, tag, now.Add(every/4-every))
}

// Done says that the job was done.
func (j *Jobs) Done(ctx context.Context, name string) error { return j.again(ctx, name, j.Now()) }

// Failed lets the job be due again after a while.
func (j *Jobs) Failed(ctx context.Context, name string, every, again time.Duration) error {
	return j.again(ctx, name, j.Now().Add(again-every))
}

func (j *Jobs) again(ctx context.Context, name string, at time.Time) error {
	_, tag, err := j.Work.Get(ctx, jobFolder+name)
	if err != nil {
		return err
	}
	_, err = j.book(ctx, name, tag, at)
	return err
}

func (j *Jobs) book(ctx context.Context, name, tag string, at time.Time) (bool, error) {
	b, err := json.Marshal(jobDone{at})
	if err != nil {
		return false, err
	}
	_, err = j.Work.Put(ctx, jobFolder+name, b, tag)
	if errors.Is(err, ErrChanged) { // another instance was faster
		return false, nil
	}
	return err == nil, err
}

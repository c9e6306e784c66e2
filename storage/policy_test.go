package storage

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/lifecycle"
	"github.com/minio/minio-go/v7/pkg/sse"

	"vanthu/record"
)

const policyFile = "../docker/minio/policy.json"

// An account with the policy that the container gives the service does all that
// the service does, and can neither remove nor unlock what is in the archive.
func TestMinIOPolicy(t *testing.T) {
	policy, err := os.ReadFile(policyFile)
	if err != nil {
		t.Fatal(err)
	}
	server := ownServer(t)
	kmsKey := server.UseKMS(t)
	root := configOf(t, server)
	root.Bucket = DefaultBucket // which the policy names
	makeAsAccounts(t, root)
	c := root
	c.AccessKey, c.SecretKey = server.Account(t, policy)

	var b *Backend
	for _, c.Encrypt = range []string{"", EncryptS3, EncryptKMS + kmsKey} {
		b = openMinIO(t, c)
		o := newOffice(t, b)
		d := o.issue(paper{id: "d-" + c.Encrypt[:min(7, len(c.Encrypt))], subject: "Theo chính sách", retention: 10})
		locks := &Locks{o.states, b.Work}
		for _, command := range []record.Command{"", record.CmdHold, record.CmdRelease} {
			if command != "" {
				o.update(journalA, func(*record.State) (*record.Entry, error) {
					return &record.Entry{Time: time.Now(), Actor: "archivist", Command: command, Document: d.ID, Reason: "Thanh tra"}, nil
				})
			}
			if n, err := locks.Pass(t.Context()); n != 1 || err != nil {
				t.Errorf("%s: %d documents locked, %v", command, n, err)
			}
			at, held := lockOf(t, b.Archive.(*s3Store), manifestKey(d.Manifest))
			if at.Before(time.Date(2035, time.January, 1, 0, 0, 0, 0, record.Office)) || held != (command == record.CmdHold) {
				t.Errorf("%s: locked until %v, held %v", command, at, held)
			}
		}
		if r := audit(t, o); !r.Good() {
			t.Errorf("%+v", r)
		}
		o.catchUp(o.openIndex(o.states))
		if err := b.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
	mayNot(t, b.Archive.(*s3Store).bucket, allowed(t, policy))
}

// makeAsAccounts makes the buckets as docker/minio/accounts does.
func makeAsAccounts(t *testing.T, root Config) {
	t.Helper()
	client, guard, err := root.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer guard.close()
	mode, days, unit := minio.Governance, uint(365), minio.Days
	for _, err := range []error{
		client.MakeBucket(t.Context(), root.workBucket(), minio.MakeBucketOptions{}),
		client.MakeBucket(t.Context(), root.archiveBucket(), minio.MakeBucketOptions{ObjectLocking: true}),
		client.SetBucketObjectLockConfig(t.Context(), root.archiveBucket(), &mode, &days, &unit),
		client.MakeBucket(t.Context(), "other", minio.MakeBucketOptions{}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// allowed are the actions that the policy names for all objects of the archive.
func allowed(t *testing.T, policy []byte) (actions []string) {
	t.Helper()
	var p struct {
		Statement []struct {
			Effect           string
			Action, Resource []string
		}
	}
	if err := json.Unmarshal(policy, &p); err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Statement {
		if s.Effect == "Allow" && slices.Contains(s.Resource, "arn:aws:s3:::"+DefaultBucket+"-archive/*") {
			actions = append(actions, s.Action...)
		}
	}
	return actions
}

// mayNot tries, with the service's account, what nobody may do to the archive.
func mayNot(t *testing.T, b *bucket, actions []string) {
	ctx, c, key := t.Context(), b.client, "policy/kept"
	put, err := b.put(ctx, key, []byte("kept"), minio.PutObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	mode, until, err := c.GetObjectRetention(ctx, b.name, key, put.VersionID)
	if err != nil || *mode != minio.Governance {
		t.Fatalf("%v until %v, %v", mode, until, err)
	}
	retain := func(mode *minio.RetentionMode, until time.Time, bypass bool) func(context.Context) error {
		return func(ctx context.Context) error {
			o := minio.PutObjectRetentionOptions{Mode: mode, GovernanceBypass: bypass, VersionID: put.VersionID}
			if mode != nil {
				o.RetainUntilDate = &until
			}
			return c.PutObjectRetention(ctx, b.name, key, o)
		}
	}
	remove := func(o minio.RemoveObjectOptions) func(context.Context) error {
		return func(ctx context.Context) error { return c.RemoveObject(ctx, b.name, key, o) }
	}
	governance, day, unit := minio.Governance, uint(1), minio.Days
	for _, try := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"DeleteObject", remove(minio.RemoveObjectOptions{})},
		{"DeleteObjectVersion", remove(minio.RemoveObjectOptions{VersionID: put.VersionID})},
		{"DeleteObjectVersion with BypassGovernance", remove(minio.RemoveObjectOptions{VersionID: put.VersionID, GovernanceBypass: true})},
		{"DeleteObjectVersion by force", remove(minio.RemoveObjectOptions{ForceDelete: true})},
		{"DeleteObjects", func(ctx context.Context) error {
			objects := make(chan minio.ObjectInfo, 1)
			objects <- minio.ObjectInfo{Key: key, VersionID: put.VersionID}
			close(objects)
			for r := range c.RemoveObjectsWithResult(ctx, b.name, objects, minio.RemoveObjectsOptions{GovernanceBypass: true}) {
				return r.Err
			}
			return nil
		}},
		{"PutBucketObjectLockConfiguration", func(ctx context.Context) error {
			return c.SetBucketObjectLockConfig(ctx, b.name, &governance, &day, &unit)
		}},
		{"PutBucketVersioning", func(ctx context.Context) error { return c.SuspendVersioning(ctx, b.name) }},
		{"PutLifecycleConfiguration", func(ctx context.Context) error {
			l := lifecycle.NewConfiguration()
			l.Rules = []lifecycle.Rule{{ID: "all", Status: "Enabled", Expiration: lifecycle.Expiration{Days: 1}}}
			return c.SetBucketLifecycle(ctx, b.name, l)
		}},
		{"PutEncryptionConfiguration", func(ctx context.Context) error {
			return c.SetBucketEncryption(ctx, b.name, sse.NewConfigurationSSES3())
		}},
		{"PutBucketPolicy", func(ctx context.Context) error {
			return c.SetBucketPolicy(ctx, b.name, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:DeleteObject"],"Resource":["arn:aws:s3:::`+b.name+`/*"]}]}`)
		}},
		{"DeleteBucket", func(ctx context.Context) error { return c.RemoveBucket(ctx, b.name) }},
		{"DeleteBucket by force", func(ctx context.Context) error {
			return c.RemoveBucketWithOptions(ctx, b.name, minio.RemoveBucketOptions{ForceDelete: true})
		}},
		{"CreateBucket", func(ctx context.Context) error { return c.MakeBucket(ctx, "another", minio.MakeBucketOptions{}) }},
		{"PutObject elsewhere", func(ctx context.Context) error {
			_, err := c.Client.PutObject(ctx, "other", key, http.NoBody, 0, minio.PutObjectOptions{})
			return err
		}},
	} {
		if err := try.do(ctx); !denied(err) {
			t.Errorf("%s: %v, want AccessDenied", try.name, err)
		}
	}
	if retain(nil, time.Time{}, false)(ctx) == nil || retain(&governance, time.Now().Add(time.Hour), false)(ctx) == nil {
		t.Error("retention taken away or cut short")
	}

	// What the policy says of legal holds, either way.
	hold := minio.LegalHoldEnabled
	for action, err := range map[string]error{
		"s3:PutObjectLegalHold": c.PutObjectLegalHold(ctx, b.name, key, minio.PutObjectLegalHoldOptions{VersionID: put.VersionID, Status: &hold}),
		"s3:GetObjectLegalHold": func() error {
			_, err := c.GetObjectLegalHold(ctx, b.name, key, minio.GetObjectLegalHoldOptions{VersionID: put.VersionID})
			return err
		}(),
	} {
		if may := slices.Contains(actions, action); may && err != nil || !may && !denied(err) {
			t.Errorf("%s, in the policy %v: %v", action, may, err)
		}
	}

	// All that was tried left no trace.
	if _, now, err := c.GetObjectRetention(ctx, b.name, key, put.VersionID); err != nil || !now.Equal(*until) {
		t.Errorf("retained until %v, %v", now, err)
	}
	// A fault of MinIO (isPutRetentionAllowed): told to bypass governance, it asks
	// for no s3:BypassGovernanceRetention where s3:PutObjectRetention is there, and
	// for no right at all where the retention is to go altogether. No policy helps;
	// that the version is still not theirs to delete does.
	mayRetain := slices.Contains(actions, "s3:PutObjectRetention")
	for name, try := range map[string]struct {
		err error
		may bool
	}{
		"made longer":                      {retain(&governance, until.AddDate(10, 0, 0), false)(ctx), mayRetain},
		"cut short with BypassGovernance":  {retain(&governance, time.Now().Add(time.Hour), true)(ctx), mayRetain},
		"taken away with BypassGovernance": {retain(nil, time.Time{}, true)(ctx), true},
	} {
		if try.may && try.err != nil || !try.may && !denied(try.err) {
			t.Errorf("retention %s: %v; MinIO or the policy has changed", name, try.err)
		}
	}
	for _, bypass := range []bool{false, true} {
		if err := remove(minio.RemoveObjectOptions{VersionID: put.VersionID, GovernanceBypass: bypass})(ctx); !denied(err) {
			t.Errorf("DeleteObjectVersion in the end, BypassGovernance %v: %v", bypass, err)
		}
	}
	data, _, err := b.get(ctx, key, "")
	if err != nil || string(data) != "kept" {
		t.Errorf("%q, %v", data, err)
	}
}

func denied(err error) bool { return minio.ToErrorResponse(err).Code == minio.AccessDenied }

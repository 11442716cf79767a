package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// trial is one run of one row, in a namespace of its own.
type trial struct {
	row      row
	settings settings
	c        *cluster
	images   *images // nil where the nodes can't reach one
	ctx      context.Context
	ns       string
	away     int       // a port of this machine at which nobody listens
	began    time.Time // the client of the change
}

// result is what came of it.
type result struct {
	Row     string  `json:"row"`
	Outcome string  `json:"outcome"`
	Reason  string  `json:"reason,omitempty"`
	Message string  `json:"message,omitempty"`
	Failed  float64 `json:"failedSeconds,omitempty"` // from the client's begin until the Release says that it has failed
	Seconds float64 `json:"seconds"`                 // until it is verified, or restored
	Wrong   string  `json:"wrong,omitempty"`
	Skipped string  `json:"skipped,omitempty"`
	seen    string  // what there was when it went wrong
}

// starts runs the rows side by side.
func starts(ctx context.Context, c *cluster, s settings) error {
	if err := pageIsNew(s.docs); err != nil {
		return err
	}
	registry, err := findImages(ctx, c, s)
	if err != nil {
		return err
	}
	if registry != nil {
		defer registry.close()
	}
	chosen := chosenRows(s)
	var cannotPull string
	if slices.ContainsFunc(chosen, func(r row) bool { return r.pulls }) && registry != nil {
		cannotPull = registry.tried(ctx, c)
	}
	if len(chosen) == 0 {
		return fmt.Errorf("no row is called like %s", s.rows)
	}
	say("%d rows, %d times each, %d at once", len(chosen), s.times, s.atOnce)
	// The letters keep apart runs that follow one another while namespaces of the first are still going.
	suffix := strings.ToLower(rand.Text()[:4])
	table := &table{begun: time.Now()}
	table.head()
	slots := semaphore.NewWeighted(int64(s.atOnce))
	// Whoever pulls slowly is alone in pulling.
	var pulling sync.RWMutex
	var all sync.WaitGroup
	for n := range s.times {
		for _, r := range chosen {
			if r.registry && registry == nil {
				table.add(result{Row: r.name, Skipped: "the nodes are not this machine; set REGISTRY to its address for them"})
				continue
			}
			if r.pulls && cannotPull != "" {
				table.add(result{Row: r.name, Skipped: cannotPull})
				continue
			}
			weight := int64(1)
			if r.fast {
				weight = min(3, int64(s.atOnce))
			}
			if slots.Acquire(ctx, weight) != nil {
				break
			}
			t := &trial{row: r, settings: s, c: c, images: registry, ns: fmt.Sprintf("starts-%s-%s%d", r.name, suffix, n)}
			all.Go(func() {
				defer slots.Release(weight)
				table.add(t.run(ctx, &pulling))
			})
		}
	}
	all.Wait()
	return errors.Join(ctx.Err(), table.end(s.out))
}

func findImages(ctx context.Context, c *cluster, s settings) (*images, error) {
	switch {
	case s.address != "":
		return newImages(s.address, s.sleeper)
	case c.onThisMachine(ctx):
		return newImages("127.0.0.1", s.sleeper)
	}
	return nil, nil
}

// chosenRows has those with a goal of speed first: fewer others run beside them.
func chosenRows(s settings) []row {
	var chosen []row
	for _, r := range rows {
		if s.rows.MatchString(r.name) && (!s.quick || r.within <= time.Minute) {
			chosen = append(chosen, r)
		}
	}
	slices.SortStableFunc(chosen, func(a, b row) int {
		if a.fast == b.fast {
			return 0
		} else if a.fast {
			return -1
		}
		return 1
	})
	return chosen
}

func (t *trial) run(ctx context.Context, pulling *sync.RWMutex) (r result) {
	var cancel context.CancelFunc
	t.ctx, cancel = context.WithCancel(ctx)
	defer func() {
		cancel()
		t.clear()
	}()
	r = result{Row: t.row.name, Outcome: "none"}
	err := t.ready()
	if err == nil {
		if t.row.slowPull {
			pulling.Lock()
			defer pulling.Unlock()
		} else if t.row.registry {
			pulling.RLock()
			defer pulling.RUnlock()
		}
		err = t.changed(&r)
	}
	switch {
	case ctx.Err() != nil:
		r.Wrong = "ended before its end"
	case err != nil:
		r.Wrong = err.Error()
	default:
		r.Wrong = t.judge(r)
	}
	if r.Wrong != "" && ctx.Err() == nil {
		r.seen = t.look()
	}
	return r
}

// ready installs the good version, and waits until that is what Belay goes back to.
func (t *trial) ready() error {
	if err := t.c.namespace(t.ctx, t.ns, true); err != nil {
		return err
	}
	if t.images != nil {
		var err error
		if t.away, err = t.images.freePort(); err != nil {
			return err
		}
	}
	if t.row.setting != nil {
		if err := t.row.setting(t); err != nil {
			return err
		}
	}
	if out, err := t.send(1, orElse(t.row.before, good.String())); err != nil {
		return fmt.Errorf("the good version: %w: %s", err, out)
	}
	if _, err := t.until(2*time.Minute, "the good version is verified", func(s status) bool { return s.revision() > 0 && s.settled() }); err != nil {
		return err
	}
	if t.row.timeout != "" {
		if _, err := t.kubectl("", "annotate", "release/"+releaseName, "belay.dev/timeout="+t.row.timeout); err != nil {
			return err
		}
	}
	if t.row.prepare != nil {
		return t.row.prepare(t)
	}
	return nil
}

// changed sends the change, lets others do what they do, and waits for the verdict.
func (t *trial) changed(r *result) error {
	first, err := t.c.release(t.ctx, t.ns)
	if err != nil {
		return err
	}
	t.began = time.Now()
	elsewhere := make(chan error, 1)
	go func() {
		if t.row.meanwhile == nil {
			elsewhere <- nil
		} else {
			elsewhere <- t.row.meanwhile(t)
		}
	}()
	out, err := t.send(2, t.row.change)
	if err != nil {
		if strings.Contains(out, "denied the request") {
			r.Outcome, r.Message, r.Seconds = refused, oneLine(out), time.Since(t.began).Seconds()
			return nil
		}
		return fmt.Errorf("the change: %w: %s", err, out)
	}
	last, err := t.until(t.limit(), "a verdict", func(s status) bool {
		if s.Failure != nil && r.Failed == 0 {
			r.Failed, r.Reason, r.Message = time.Since(t.began).Seconds(), s.Failure.Reason, s.Failure.Message
		}
		return s.settled() && (s.revision() > first.revision() || r.Failed > 0) || s.restored()
	})
	r.Seconds = time.Since(t.began).Seconds()
	if err != nil {
		reason, message := last.reason()
		return fmt.Errorf("%w: it is %s: %s", err, reason, message)
	}
	// What was restored has to become ready, too.
	if last, err = t.until(2*time.Minute, "the restored workloads are ready", status.settled); err != nil {
		return err
	}
	var message string
	if r.Outcome, message = last.reason(); r.Message == "" {
		r.Message = message
	}
	if t.row.stays > 0 && r.Outcome == t.row.outcome {
		if err := t.keeps(last); err != nil {
			return err
		}
	}
	select {
	case err := <-elsewhere:
		return err
	default: // a verdict came first
		return nil
	}
}

// limit is when nothing more is waited for.
func (t *trial) limit() time.Duration { return t.slacked(t.row.within) + 60*time.Second }

func (t *trial) slacked(d time.Duration) time.Duration {
	if t.settings.client == "kubectl" {
		d += 12 * time.Second // the quiet time, after which such a change is complete
	}
	return time.Duration(float64(d) * t.settings.slack)
}

// keeps looks whether the outcome stays as it is.
func (t *trial) keeps(first status) error {
	for end := time.Now().Add(t.row.stays); time.Now().Before(end); {
		s, err := t.c.release(t.ctx, t.ns)
		if err != nil {
			return err
		}
		if reason, message := s.reason(); s.Failure != nil || reason != t.row.outcome || s.revision() != first.revision() {
			return fmt.Errorf("it did not stay %s: %s: %s", t.row.outcome, reason, message)
		}
		if err := pause(t.ctx, time.Second); err != nil {
			return err
		}
	}
	return nil
}

// judge says what is not as the row wants it.
func (t *trial) judge(r result) string {
	took := time.Duration(r.Seconds * float64(time.Second))
	switch {
	case r.Outcome != t.row.outcome:
		return fmt.Sprintf("%s instead of %s", r.Outcome, t.row.outcome)
	case len(t.row.reasons) > 0 && !slices.Contains(t.row.reasons, r.Reason):
		return fmt.Sprintf("the reason is %s, not %s", r.Reason, strings.Join(t.row.reasons, " or "))
	case took < t.row.atLeast:
		return fmt.Sprintf("too hasty: after %.0f s, not before %.0f s", r.Seconds, t.row.atLeast.Seconds())
	case took > t.slacked(t.row.within):
		return fmt.Sprintf("too late: %.1f s, not %.0f s", r.Seconds, t.slacked(t.row.within).Seconds())
	}
	return ""
}

// until reads the Release until it is as wanted.
func (t *trial) until(within time.Duration, what string, wanted func(status) bool) (status, error) {
	var last status
	err := await(t.ctx, within, what, func() bool {
		s, err := t.c.release(t.ctx, t.ns)
		if err == nil {
			last = s
		}
		return err == nil && wanted(s)
	})
	return last, err
}

// send is the client: the n-th version.
func (t *trial) send(n int, manifest string) (string, error) {
	folder := filepath.Join(t.settings.work, fmt.Sprintf("%s-%d", t.ns, n))
	if err := chart(folder, t.filled(manifest)); err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	var out, problem string
	var err error
	if t.settings.client == "kubectl" {
		out, problem, err = command(t.ctx, "", "kubectl", "apply", "-n", t.ns, "-f", filepath.Join(folder, "templates"))
	} else {
		out, problem, err = command(t.ctx, "", t.settings.client, "upgrade", "--install", releaseName, folder, "-n", t.ns)
	}
	return out + problem, err
}

// filled has the image, the registry and the namespace in their places.
func (t *trial) filled(manifest string) string {
	address, away := "", ""
	if t.images != nil {
		address, away = t.images.address+"/"+t.ns, fmt.Sprintf("%s:%d", t.images.host, t.away)
	}
	return strings.NewReplacer(shellImage, t.settings.image, ownImages, address, "@AWAY@", away, namespace, t.ns).Replace(manifest)
}

func (t *trial) apply(manifest string) error {
	_, err := t.kubectl(t.filled(manifest), "apply", "-f", "-")
	return err
}

func (t *trial) kubectl(input string, args ...string) (string, error) {
	return t.c.kubectl(t.ctx, input, append([]string{"-n", t.ns}, args...)...)
}

// look is what a person would look at.
func (t *trial) look() string {
	var seen strings.Builder
	for _, args := range [][]string{
		{"describe", "release", releaseName},
		{"get", "pods", "-o", "wide"},
		{"get", "events", "--sort-by=.lastTimestamp", "--field-selector=type=Warning"},
	} {
		out, problem, _ := command(t.ctx, "", "kubectl", append(args, "-n", t.ns)...)
		fmt.Fprintf(&seen, "$ kubectl %s -n %s\n%s%s\n", strings.Join(args, " "), t.ns, out, problem)
	}
	return seen.String()
}

// clear takes away what the trial has made, also where it was ended.
func (t *trial) clear() {
	ctx, cancel := aside()
	defer cancel()
	t.ctx = ctx
	if t.row.after != nil {
		if err := t.row.after(t); err != nil {
			say("%s: %v", t.ns, err)
		}
	}
	if t.settings.keep {
		return
	}
	if _, err := t.c.kubectl(ctx, "", "delete", "namespace", t.ns, "--wait=false", "--ignore-not-found"); err != nil {
		say("%s: %v", t.ns, err)
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

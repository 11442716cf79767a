package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// looked are the kinds whose objects a release of ours has and a change of it writes.
var looked = []string{
	"/api/v1/namespaces/%s/configmaps", "/api/v1/namespaces/%s/secrets", "/apis/apps/v1/namespaces/%s/deployments",
}

// record begins the name of each of Helm's records.
const record = "sh.helm.release.v1.web."

// A look at a namespace: since when a failure is certain by what the API has, and which of its objects have changed and have become as
// they were before, field managers included. It is told by watches, so within some milliseconds.
type look struct {
	stop  context.CancelFunc
	mutex sync.Mutex
	seen  time.Time            // when the container had exited often enough
	done  time.Time            // when Helm's new record said that it is deployed: before that Helm may change what fails
	old   map[string]bool      // the records before
	was   map[string]string    // objects by path and name as they were
	back  map[string]time.Time // when those that had changed were as they were; zero while they are otherwise
	err   error
}

// lookAt begins with what is there now.
func (c *cluster) lookAt(ns string) (*look, error) {
	ctx, stop := context.WithCancel(c.ctx)
	l := &look{stop: stop, old: map[string]bool{}, was: map[string]string{}, back: map[string]time.Time{}}
	for _, path := range looked {
		path = fmt.Sprintf(path, ns)
		var list struct {
			Metadata struct{ ResourceVersion string }
			Items    []object
		}
		if err := c.get(path, &list); err != nil {
			return nil, err
		}
		for _, item := range list.Items {
			if strings.HasPrefix(item.Metadata.Name, record) {
				l.old[item.Metadata.Name] = true
			}
			if strings.HasPrefix(item.Metadata.Name, "web-") { // no record of Helm, and none of Belay
				l.was[path+"/"+item.Metadata.Name] = item.state()
			}
		}
		go l.follow(ctx, c, path, list.Metadata.ResourceVersion, func(event []byte) { l.changed(path, event) })
	}
	go l.follow(ctx, c, "/api/v1/namespaces/"+ns+"/pods", "", l.pod)
	return l, nil
}

// evidence is when the failure was certain; it waits for that.
func (l *look) evidence() (time.Time, error) {
	return l.await("a crash", func() (time.Time, bool) { return l.certain(), !l.seen.IsZero() && !l.done.IsZero() })
}

func (l *look) certain() time.Time {
	if l.done.After(l.seen) {
		return l.done
	}
	return l.seen
}

// took is the time from the evidence until so many objects that had changed were all as they were.
func (l *look) took(objects int) (time.Duration, error) {
	last, err := l.await(fmt.Sprintf("%d objects restored", objects), func() (time.Time, bool) {
		var last time.Time
		for _, at := range l.back {
			if at.IsZero() {
				return last, false
			}
			if at.After(last) {
				last = at
			}
		}
		return last, len(l.back) == objects
	})
	if err != nil {
		return 0, err
	}
	return last.Sub(l.certain()), nil
}

func (l *look) await(what string, there func() (time.Time, bool)) (time.Time, error) {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		l.mutex.Lock()
		at, ok := there()
		err := l.err
		l.mutex.Unlock()
		if ok || err != nil {
			return at, err
		}
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return time.Time{}, fmt.Errorf("within a minute not seen: %s; changed %d", what, len(l.back))
}

func (l *look) follow(ctx context.Context, c *cluster, path, from string, tell func([]byte)) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server+path+"?watch=1&resourceVersion="+from, nil)
	var answer *http.Response
	if err == nil {
		answer, err = (&http.Client{Transport: c.client.Transport}).Do(request)
	}
	if err == nil {
		defer answer.Body.Close()
		for events := json.NewDecoder(answer.Body); err == nil; {
			var event json.RawMessage
			if err = events.Decode(&event); err == nil {
				tell(event)
			}
		}
	}
	if ctx.Err() == nil {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.err = errors.Join(l.err, fmt.Errorf("watching %s: %w", path, err))
	}
}

func (l *look) changed(path string, event []byte) {
	at := time.Now()
	var read struct{ Object object }
	if json.Unmarshal(event, &read) != nil {
		return
	}
	name := path + "/" + read.Object.Metadata.Name
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if short := read.Object.Metadata.Name; strings.HasPrefix(short, record) && !l.old[short] &&
		read.Object.Metadata.Labels["status"] == "deployed" && l.done.IsZero() {
		l.done = at
	}
	was, known := l.was[name]
	if !known {
		return
	}
	since, changed := l.back[name]
	switch same := read.Object.state() == was; {
	case !same:
		l.back[name] = time.Time{}
	case changed && since.IsZero():
		l.back[name] = at
	}
}

func (l *look) pod(event []byte) {
	at := time.Now()
	var read struct {
		Object struct {
			Status struct {
				ContainerStatuses []struct {
					RestartCount int
					State        struct {
						Terminated *struct{}
						Waiting    struct{ Reason string }
					}
				}
			}
		}
	}
	if json.Unmarshal(event, &read) != nil {
		return
	}
	for _, container := range read.Object.Status.ContainerStatuses {
		times := container.RestartCount
		if container.State.Terminated != nil || container.State.Waiting.Reason == "CrashLoopBackOff" {
			times++
		}
		l.mutex.Lock()
		if times >= exits && l.seen.IsZero() {
			l.seen = at
		}
		l.mutex.Unlock()
	}
}

// An object as far as it is restored.
type object struct {
	Metadata struct {
		Name, ResourceVersion string
		Labels, Annotations   map[string]string
		ManagedFields         []map[string]any
	}
	Spec, Data any
}

// state is the same for two states that differ only in what controllers and the API server count.
func (o object) state() string {
	var managers []string // which the API server sorts by time
	for _, manager := range o.Metadata.ManagedFields {
		if manager["subresource"] == nil {
			delete(manager, "time")
			text, _ := json.Marshal(manager)
			managers = append(managers, string(text))
		}
	}
	slices.Sort(managers)
	delete(o.Metadata.Annotations, "deployment.kubernetes.io/revision")
	text, _ := json.Marshal([]any{o.Metadata.Labels, o.Metadata.Annotations, managers, o.Spec, o.Data})
	return string(text)
}

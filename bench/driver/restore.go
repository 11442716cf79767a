package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	healthy = "example/web:"
	crashes = "example/web-crashes:" // k8s/local/stages plays failures by image name
)

// restore measures the time from "the cause can be seen in the API" to "all objects are as they were".
func (b *bench) restore() ([]figure, error) {
	watcher, err := b.startWatcher()
	if err != nil {
		return nil, err
	}
	defer watcher.stop()
	var figures []figure
	for _, size := range []struct {
		objects int
		goal    float64
	}{{5, 1000}, {50, 2000}, {200, 5000}} {
		times, err := b.restores(size.objects, b.rounds(3))
		if err != nil {
			return figures, err
		}
		f := absolute(fmt.Sprintf("restore of %d objects, from the third restart seen", size.objects), "ms", times,
			atMost(size.goal).in("ms"))
		figures = append(figures, f)
	}
	return figures, nil
}

func (b *bench) restores(objects, rounds int) ([]float64, error) {
	ns := fmt.Sprintf("bench-restore-%d", objects)
	if err := b.cluster.labelled(ns); err != nil {
		return nil, err
	}
	good, err := b.chart(ns, newRelease("web", "1.0", objects))
	if err != nil {
		return nil, err
	}
	if _, err := b.cluster.helm("helm", "install", "web", good, "-n", ns); err != nil {
		return nil, err
	}
	var times []float64
	for round := range rounds {
		if _, err := b.cluster.status(ns, "web", func(s status) bool { return s.ready() }); err != nil {
			return nil, err
		}
		tag := fmt.Sprintf("2.%d", round)
		bad, err := b.chart(ns, strings.Replace(newRelease("web", tag, objects), healthy, crashes, 1))
		if err != nil {
			return nil, err
		}
		visible := b.cluster.crashSeen(ns, 3)
		if _, err := b.cluster.helm("helm", "upgrade", "web", bad, "-n", ns); err != nil {
			return nil, err
		}
		s, err := b.cluster.status(ns, "web", func(s status) bool {
			return s.Rollback != nil && !s.Rollback.RestoredAt.IsZero() && s.Failure != nil && strings.Contains(fmt.Sprint(s.Failure.Changes), tag)
		})
		if err != nil {
			return nil, err
		}
		at, ok := <-visible
		if !ok {
			return nil, errors.New("no crash was seen in " + ns)
		}
		times = append(times, millis(s.Rollback.RestoredAt.Sub(at)))
	}
	_, err = b.cluster.kubectl("", "delete", "namespace", ns, "--wait=false")
	return times, err
}

// What is read of a Release.
type status struct {
	Stable *struct {
		HelmRevision int       `json:"helmRevision"`
		VerifiedAt   time.Time `json:"verifiedAt"`
	} `json:"stable"`
	Failure *struct {
		Changes []string `json:"changes"`
	} `json:"failure"`
	Rollback *struct {
		RestoredAt time.Time `json:"restoredAt"`
	} `json:"rollback"`
	Conditions []struct{ Type, Status string } `json:"conditions"`
}

func (s status) ready() bool {
	for _, condition := range s.Conditions {
		if condition.Type == "Ready" && condition.Status == "True" {
			return true
		}
	}
	return false
}

// labelled makes a namespace in which Belay enforces.
func (c *cluster) labelled(ns string) error {
	_, err := c.kubectl(fmt.Sprintf(
		"{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {belay.dev/mode: enforce}}}", ns), "create", "-f", "-")
	return err
}

// status waits until the Release is as wanted.
func (c *cluster) status(ns, release string, wanted func(status) bool) (status, error) {
	var last status
	for end := time.Now().Add(6 * time.Minute); time.Now().Before(end) && c.ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		var read struct{ Status status }
		if err := c.get("/apis/belay.dev/v1alpha1/namespaces/"+ns+"/releases/"+release, &read); err == nil {
			last = read.Status
			if wanted(last) {
				return last, nil
			}
		}
	}
	return last, fmt.Errorf("release %s/%s did not become as wanted: %+v", ns, release, last)
}

// crashSeen tells when a container of this namespace is first seen with so many restarts.
func (c *cluster) crashSeen(ns string, restarts int) <-chan time.Time {
	seen := make(chan time.Time, 1)
	go func() {
		defer close(seen)
		for end := time.Now().Add(3 * time.Minute); time.Now().Before(end) && c.ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
			var pods struct {
				Items []struct {
					Status struct {
						ContainerStatuses []struct{ RestartCount int }
					}
				}
			}
			if c.get("/api/v1/namespaces/"+ns+"/pods", &pods) != nil {
				continue
			}
			for _, pod := range pods.Items {
				for _, container := range pod.Status.ContainerStatuses {
					if container.RestartCount >= restarts {
						seen <- time.Now()
						return
					}
				}
			}
		}
	}()
	return seen
}

func (c *cluster) get(path string, into any) error {
	answer, err := c.client.Get(c.server + path)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, answer.Body)
		return errors.New(answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

func (c *cluster) helm(helm string, args ...string) (string, error) {
	out, err := exec.CommandContext(c.ctx, helm, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", helm, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}

// chart is the folder of a chart that renders this, in this namespace.
func (b *bench) chart(ns, manifest string) (string, error) {
	folder, err := os.MkdirTemp(b.work, "chart-")
	if err != nil {
		return "", err
	}
	manifest = strings.ReplaceAll(manifest, "namespace: bench\n", "namespace: "+ns+"\n")
	return folder, errors.Join(
		os.Mkdir(filepath.Join(folder, "templates"), 0o755),
		os.WriteFile(filepath.Join(folder, "Chart.yaml"), []byte("apiVersion: v2\nname: web\nversion: 1.0.0\n"), 0o644),
		os.WriteFile(filepath.Join(folder, "templates", "all.yaml"), []byte(manifest), 0o644))
}

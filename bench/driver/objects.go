package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Single objects: the gate beside the echo, and its dry runs beside the same dry runs without it.
func (b *bench) objects() ([]figure, error) {
	writes, err := b.loadedWrites()
	if err != nil {
		return nil, err
	}
	belay, err := b.startBelay()
	if err != nil {
		return nil, err
	}
	defer belay.stop()
	echo, err := b.startEcho()
	if err != nil {
		return nil, err
	}
	defer echo.stop()

	reviews := reviewsOf(writes)
	sizes := make([]int, len(reviews))
	for i, review := range reviews {
		sizes[i] = len(review)
	}
	say("reviews of %d to %d bytes, %d connections", slices.Min(sizes), slices.Max(sizes), connections)
	// First, while no pre-flight has passed for what is written.
	figures, err := b.withDryRun(belay, writes)
	if err != nil {
		return figures, err
	}
	for _, entry := range []struct{ name, says string }{{"final", "final gate"}, {"early", "early gate after a pre-flight"}} {
		if err := b.cover(belay); err != nil {
			return figures, err
		}
		more, err := b.besideEcho(entry.says, belay, echo, belay.targets(entry.name, reviews), echo.targets(entry.name, reviews))
		if err != nil {
			return figures, err
		}
		figures = append(figures, more...)
	}
	return figures, nil
}

// loadedWrites stores sixteen Deployments, so large that a review has about 7 kB with one of them or with two.
func (b *bench) loadedWrites() ([]write, error) {
	if err := b.cluster.apply(loadManifest()); err != nil {
		return nil, err
	}
	// Until the controllers have written their status, an update meets a conflict.
	if _, err := b.cluster.kubectl("", "rollout", "status", "deployment", "-n", namespace, "-l", "app.kubernetes.io/instance=load", "--timeout=60s"); err != nil {
		return nil, err
	}
	live, err := b.cluster.live("deployments", "app.kubernetes.io/instance=load")
	if err != nil {
		return nil, err
	}
	return mixed(live)
}

func loadManifest() string {
	var manifest strings.Builder
	for i := range 16 {
		variables := 0
		if i%8 == 0 || i%8 == 2 || i%8 == 5 { // those that `mixed` takes as new ones
			variables = 34
		}
		manifest.WriteString("---\n" + newDeployment(fmt.Sprintf("load-%02d", i), "load", "2.0", variables))
	}
	return manifest.String()
}

// cover lets a pre-flight pass, as Helm does before it writes objects.
func (b *bench) cover(belay *server) error {
	_, err := b.post(belay, "preflight", newRecord("load", loadManifest(), true, 2))
	return err
}

// besideEcho loads both in turns: first as fast as each goes, then both at the same rate, half of what the slower one did.
func (b *bench) besideEcho(says string, belay, echo *server, belays, echos []vegeta.Target) ([]figure, error) {
	fast := pairs{}
	closed := func(s *server, targets []vegeta.Target) (load, error) { return b.closed(s, targets, b.seconds(4)) }
	// Both are warm before anything counts.
	for range b.rounds(2) {
		if err := (&pairs{}).add(closed, belay, echo, belays, echos); err != nil {
			return nil, err
		}
	}
	slowest := 1e9
	for range b.rounds(5) {
		if err := fast.add(closed, belay, echo, belays, echos); err != nil {
			return nil, err
		}
		slowest = min(slowest, fast.belay[len(fast.belay)-1].perSecond, fast.echo[len(fast.echo)-1].perSecond)
	}
	rate := int(slowest / 2)
	paced := pairs{}
	// Many short ones: a high quantile of a round says most about what else this machine did in it.
	for range b.rounds(31) {
		open := func(s *server, targets []vegeta.Target) (load, error) { return b.open(s, targets, rate, b.seconds(1)) }
		if err := paced.add(open, belay, echo, belays, echos); err != nil {
			return nil, err
		}
	}
	at := fmt.Sprintf("%s, at %d reviews/s", says, rate)
	return []figure{
		fast.compare(says+", reviews/s", "", func(l load) float64 { return l.perSecond }, atLeast(0.6)),
		fast.compare(says+", processor time of a review", "µs", func(l load) float64 { return micros(l.cpu) }, noGoal),
		paced.compare(at+", p50", "ms", func(l load) float64 { return millis(l.p50) }, noGoal),
		paced.compare(at+", p99", "ms", func(l load) float64 { return millis(l.p99) }, atMost(1.5)),
		paced.compare(at+", p99.9", "ms", func(l load) float64 { return millis(l.p999) }, noGoal),
	}, nil
}

// withDryRun measures what the early gate asks the API server for when no pre-flight has: the same dry runs, asked by
// the gate for its caller, and asked directly.
func (b *bench) withDryRun(belay *server, writes []write) ([]figure, error) {
	var asked []write
	var direct []vegeta.Target
	for _, w := range writes {
		if !w.harmless {
			asked = append(asked, w)
			direct = append(direct, b.cluster.dryRun(w))
		}
	}
	apiServer := &server{name: "the API server", client: b.cluster.client, log: "that of the control plane"}
	rounds := pairs{}
	run := func(s *server, targets []vegeta.Target) (load, error) { return b.closed(s, targets, b.seconds(4)) }
	for round := range 1 + b.rounds(3) {
		if err := rounds.add(run, belay, apiServer, belay.targets("early", reviewsOf(asked)), direct); err != nil {
			return nil, err
		}
		if round == 0 { // warm now
			rounds = pairs{}
		}
	}
	return []figure{
		rounds.compare("early gate with its dry run, reviews/s", "", func(l load) float64 { return l.perSecond }, noGoal),
		rounds.compare("early gate with its dry run, p50", "ms", func(l load) float64 { return millis(l.p50) }, noGoal),
	}, nil
}

// dryRun is the write that the gate asks for, asked by its author.
func (c *cluster) dryRun(w write) vegeta.Target {
	body, err := json.Marshal(w.object)
	if err != nil {
		panic(err) // of maps and texts
	}
	target := vegeta.Target{
		Method: http.MethodPost,
		URL:    c.server + "/apis/apps/v1/namespaces/" + namespace + "/deployments",
		Body:   body,
		Header: http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}},
	}
	if w.old != nil {
		target.Method = http.MethodPut
		target.URL += "/" + w.object["metadata"].(map[string]any)["name"].(string)
	}
	target.URL += "?dryRun=All&fieldManager=helm&fieldValidation=Warn"
	return target
}

func reviewsOf(writes []write) [][]byte {
	var reviews [][]byte
	for _, w := range writes {
		reviews = append(reviews, newReview(deployments, w.object, w.old))
	}
	return reviews
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

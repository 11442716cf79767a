package main

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// What one round of load has shown.
type load struct {
	perSecond      float64
	p50, p99, p999 time.Duration
	cpu            time.Duration // of the server, for each review
}

// closed sends the next request on each connection when the last one was answered: how much the server can do. Its
// latencies leave out what would have waited, so they are not used.
func (b *bench) closed(s *server, targets []vegeta.Target, lasting time.Duration) (load, error) {
	return b.attack(s, targets, vegeta.ConstantPacer{}, lasting,
		vegeta.Workers(connections), vegeta.MaxWorkers(connections))
}

// open sends at a constant rate, whether or not the last requests were answered. A request that waits for one of the
// connections has that time in its latency: nothing is left out.
func (b *bench) open(s *server, targets []vegeta.Target, perSecond int, lasting time.Duration) (load, error) {
	return b.attack(s, targets, vegeta.ConstantPacer{Freq: perSecond, Per: time.Second}, lasting,
		vegeta.Workers(connections))
}

func (b *bench) attack(s *server, targets []vegeta.Target, pacer vegeta.Pacer, lasting time.Duration,
	workers ...func(*vegeta.Attacker)) (load, error) {
	attacker := vegeta.NewAttacker(append(workers, vegeta.Client(s.client))...)
	var metrics vegeta.Metrics
	before := s.cpu()
	for result := range attacker.Attack(vegeta.NewStaticTargeter(targets...), pacer, lasting, "") {
		metrics.Add(result)
		if result.Error != "" || !fine(result.Body) {
			attacker.Stop()
			return load{}, fmt.Errorf("%s answered %d %s %.500s; its log: %s", s.name, result.Code, result.Error, result.Body, s.log)
		}
		if b.ctx.Err() != nil {
			attacker.Stop()
		}
	}
	metrics.Close()
	return load{
		perSecond: metrics.Throughput,
		p50:       metrics.Latencies.P50,
		p99:       metrics.Latencies.P99,
		p999:      metrics.Latencies.Quantile(0.999),
		cpu:       (s.cpu() - before) / time.Duration(max(1, metrics.Requests)),
	}, b.ctx.Err()
}

// fine says whether a review was answered without any trouble, or an object was accepted. A warning tells that the
// review was not done, and that would be fast.
func fine(answer []byte) bool {
	return !bytes.Contains(answer, []byte(`"AdmissionReview"`)) ||
		bytes.Contains(answer, []byte(`"allowed":true`)) && !bytes.Contains(answer, []byte(`"warnings"`))
}

// targets are these reviews for one entry of this server.
func (s *server) targets(entry string, reviews [][]byte) []vegeta.Target {
	targets := make([]vegeta.Target, 0, len(reviews))
	for _, review := range reviews {
		targets = append(targets, vegeta.Target{
			Method: http.MethodPost,
			URL:    s.url + entry + "?timeout=10s",
			Body:   review,
			Header: http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}},
		})
	}
	return targets
}

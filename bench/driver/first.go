package main

import (
	"fmt"
	"time"
)

// The first review that a new process is asked for, the connection's TLS handshake with it: what one client in the
// cluster waits for after each start of the gate. Beside it the echo, which says that it is ready when it listens.
func (b *bench) first() ([]figure, error) {
	stored := map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{"a": "b"},
		"metadata": map[string]any{"name": "first", "namespace": namespace, "labels": map[string]any{"app": "first"}},
	}
	object := newReview(configMaps, stored, nil)
	record := newRecord("first", newRelease("first", "1.0", 5), true, 1)
	goal := atMost(100).in("ms")
	var figures []figure
	var belays, echos []float64
	for _, entry := range []struct {
		name   string
		review []byte
	}{{"final", object}, {"early", object}, {"preflight", record}} {
		var took, echo []float64
		for range b.rounds(3) {
			t, start, err := b.firstOf(b.startBelay, entry.name, entry.review)
			if err != nil {
				return figures, err
			}
			took, belays = append(took, millis(t)), append(belays, start.Seconds())
			if t, start, err = b.firstOf(b.startEcho, entry.name, entry.review); err != nil {
				return figures, err
			}
			echo, echos = append(echo, millis(t)), append(echos, start.Seconds())
		}
		f := compare(fmt.Sprintf("first %s review after ready, slowest of %d", entry.name, len(took)), "ms", took, echo, noGoal)
		figures = append(figures, f.withAbsolute(took, goal))
	}
	return append(figures, compare("from the start of the process to ready", "s", belays, echos, noGoal)), nil
}

func (b *bench) firstOf(start func() (*server, error), entry string, review []byte) (first, ready time.Duration, err error) {
	s, err := start()
	if err != nil {
		return 0, 0, err
	}
	defer s.stop()
	first, err = b.post(s, entry, review)
	return first, s.ready, err
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

const limitMiB = 256

// Memory under load, with the options that Belay ships. Each figure is the highest that was seen, not what is left.
func (b *bench) memory() ([]figure, error) {
	writes, err := b.loadedWrites()
	if err != nil {
		return nil, err
	}
	belay, err := b.startBelay()
	if err != nil {
		return nil, err
	}
	defer belay.stop()
	small, many := reviewsOf(writes), 100_000
	if b.quick {
		many = 2_000
	}
	large := [][]byte{bigReview(1<<20, false), bigReview(1<<20, true)}
	huge := [][]byte{bigReview(7<<20, false)}
	goal := atMost(limitMiB).in("MiB")

	peak := b.watch(belay)
	if err := b.cover(belay); err != nil {
		return nil, err
	}
	afterSmall, err := b.reviews(belay, small, many)
	if err != nil {
		return nil, err
	}
	figures := []figure{absolute(fmt.Sprintf("memory after %d reviews of 7 kB", afterSmall), "MiB", peak(), goal)}

	afterLarge, err := b.lasting(belay, large, b.seconds(60))
	if err != nil {
		return figures, err
	}
	figures = append(figures, absolute(fmt.Sprintf("memory after %d more of 1 and 2 MiB", afterLarge), "MiB", peak(), goal))

	answered, turned, slowest, err := b.burst(belay, huge[0], b.rounds(5))
	if err != nil {
		return figures, err
	}
	say("of %d reviews of 7 MiB, %d at once: %d answered, %d turned away", answered+turned, connections, answered, turned)
	if !belay.alive() {
		return figures, errors.New("Belay did not survive the reviews of 7 MiB; its log: " + belay.log)
	}
	// A gate that answers is a gate that is left.
	if _, err := b.reviews(belay, small, 1000); err != nil {
		return figures, err
	}
	return append(figures,
		absolute(fmt.Sprintf("memory after %d of 7 MiB, %d at once", answered+turned, connections), "MiB", peak(), goal),
		absolute(fmt.Sprintf("slowest of these answers, %d of them a refusal to read", turned), "ms", []float64{millis(slowest)},
			atMost(3000).in("ms"))), nil
}

// watch looks at the memory ten times a second until the process ends; the function it answers tells all that was seen.
func (b *bench) watch(s *server) func() []float64 {
	var lock sync.Mutex
	var seen []float64
	look := func() {
		if rss, err := s.rss(); err == nil {
			lock.Lock()
			seen = append(seen, rss)
			lock.Unlock()
		}
	}
	go func() {
		for s.alive() {
			look()
			time.Sleep(100 * time.Millisecond)
		}
	}()
	return func() []float64 {
		look()
		lock.Lock()
		defer lock.Unlock()
		return append([]float64(nil), seen...)
	}
}

// reviews sends so many, half of them to each of the two entries.
func (b *bench) reviews(s *server, reviews [][]byte, count int) (int, error) {
	sent := 0
	for _, entry := range []string{"final", "early"} {
		if _, err := b.attack(s, s.targets(entry, reviews), upTo(count/2), 0, vegeta.Workers(connections),
			vegeta.MaxWorkers(connections)); err != nil {
			return sent, err
		}
		sent += count / 2
	}
	return sent, nil
}

// upTo is a pacer that never waits, and ends after so many.
type upTo uint64

func (n upTo) Pace(_ time.Duration, hits uint64) (time.Duration, bool) { return 0, hits >= uint64(n) }
func (n upTo) Rate(time.Duration) float64                              { return 0 }

// lasting sends to both entries for this time, as fast as it goes.
func (b *bench) lasting(s *server, reviews [][]byte, time time.Duration) (int, error) {
	targets := append(s.targets("final", reviews), s.targets("early", reviews)...)
	l, err := b.closed(s, targets, time)
	return int(l.perSecond * time.Seconds()), err
}

// burst sends on all connections at once. What the gate has no room for it turns away, in time.
func (b *bench) burst(s *server, review []byte, rounds int) (answered, turned int, slowest time.Duration, err error) {
	var lock sync.Mutex
	for range rounds {
		var all sync.WaitGroup
		for range connections {
			all.Go(func() {
				begin := time.Now()
				code, body, problem := s.send("final?timeout=3s", review)
				lock.Lock()
				defer lock.Unlock()
				slowest = max(slowest, time.Since(begin))
				switch {
				case problem == nil && code == http.StatusOK && bytes.Contains(body, []byte(`"allowed":true`)):
					answered++
				case problem == nil && code == http.StatusServiceUnavailable:
					turned++
				default:
					err = fmt.Errorf("a review of 7 MiB was answered with %d %.200s %w", code, body, problem)
				}
			})
		}
		all.Wait()
	}
	return answered, turned, slowest, err
}

func (s *server) send(entry string, review []byte) (int, []byte, error) {
	answer, err := s.client.Post(s.url+entry, "application/json", bytes.NewReader(review))
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// bigReview is one of a ConfigMap of about this size; with two of them when it is changed.
func bigReview(size int, changed bool) []byte {
	object := func(text string) map[string]any {
		data := map[string]any{}
		line := strings.Repeat(text+" = a line of a file of settings; ", 16)
		for i := range (size - 1024) / (len(line) + len(`"file-000000":"",`)) {
			data[fmt.Sprintf("file-%06d", i)] = line
		}
		return map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "data": data,
			"metadata": map[string]any{"name": "big", "namespace": namespace, "labels": map[string]any{"app": "big"}},
		}
	}
	if changed {
		return newReview(configMaps, object("new"), object("old"))
	}
	return newReview(configMaps, object("new"), nil)
}

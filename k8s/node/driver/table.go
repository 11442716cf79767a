package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// table prints each row as soon as it has ended.
type table struct {
	begun   time.Time
	mu      sync.Mutex
	results []result
}

const lineFormat = "%-32s %-12s %-24s %8s %8s  %s\n"

func (t *table) head() {
	fmt.Printf(lineFormat, "row", "outcome", "reason", "failed", "done", "")
}

func (t *table) add(r result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.results = append(t.results, r)
	last := "as expected"
	switch {
	case r.Skipped != "":
		fmt.Printf(lineFormat, r.Row, "skipped", "", "", "", r.Skipped)
		return
	case r.Wrong != "":
		last = "WRONG: " + r.Wrong
	}
	fmt.Printf(lineFormat, r.Row, r.Outcome, r.Reason, seconds(r.Failed), seconds(r.Seconds), last)
}

func seconds(s float64) string {
	if s == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f s", s)
}

// end prints what was wrong in full, and writes all results.
func (t *table) end(file string) error {
	wrong, skipped := 0, 0
	for _, r := range t.results {
		if r.Skipped != "" {
			skipped++
		}
		if r.Wrong == "" {
			continue
		}
		wrong++
		fmt.Printf("\n== %s: %s\n%s\n%s", r.Row, r.Wrong, r.Message, r.seen)
	}
	t.summary()
	fmt.Printf("%d of %d as expected, %d skipped, %.0f s\n", len(t.results)-wrong-skipped, len(t.results), skipped, time.Since(t.begun).Seconds())
	if file != "" {
		text, err := json.MarshalIndent(t.results, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d are not as expected", wrong, len(t.results))
	}
	return nil
}

// summary has the times of rows that were run more than once.
func (t *table) summary() {
	times := map[string][]float64{}
	for _, r := range t.results {
		if r.Seconds > 0 {
			times[r.Row] = append(times[r.Row], r.Seconds)
		}
	}
	fmt.Println()
	for _, r := range rows {
		if took := times[r.name]; len(took) > 1 {
			slices.Sort(took)
			fmt.Printf("%-32s %2d times: %.1f to %.1f s, median %.1f s\n", r.name, len(took), took[0], took[len(took)-1], took[len(took)/2])
		}
	}
}

// The part of docs/starts.md between these lines is made from the rows.
const (
	pageBegin = "<!-- from k8s/node/driver/rows.go, by k8s/node/run page -->"
	pageEnd   = "<!-- until here -->"
)

// page is the page as it should be.
func page(text string) (string, error) {
	before, rest, found := strings.Cut(text, pageBegin)
	_, after, ended := strings.Cut(rest, pageEnd)
	if !found || !ended {
		return "", errors.New("the page has no place for the rows: " + pageBegin)
	}
	var lines strings.Builder
	lines.WriteString("\n\n| row | the new version … | outcome | rule | why |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range rows {
		outcome := map[string]string{verified: "verified", rolledBack: "rolled back", refused: "rejected"}[r.outcome]
		if r.atLeast > 0 {
			outcome += fmt.Sprintf(", %.0f to %.0f s", r.atLeast.Seconds(), r.within.Seconds())
		} else {
			outcome += fmt.Sprintf(" within %.0f s", r.within.Seconds())
		}
		fmt.Fprintf(&lines, "| `%s` | %s | %s | %s | %s |\n", r.name, r.starts, outcome, r.rule, r.why)
	}
	return before + pageBegin + lines.String() + "\n" + pageEnd + after, nil
}

func writePage(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	wanted, err := page(string(text))
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(wanted), 0o644)
}

func pageIsNew(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if wanted, err := page(string(text)); err != nil || wanted == string(text) {
		return err
	}
	return errors.New(file + " is not what the rows say: run k8s/node/run page")
}

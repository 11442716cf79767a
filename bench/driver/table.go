package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// One row. Belay and Reference are medians, Ratio is the median of the rounds' ratios: of medians it would be another.
type figure struct {
	Name      string  `json:"figure"`
	Unit      string  `json:"unit,omitempty"`
	Belay     float64 `json:"belay"`
	Reference float64 `json:"reference,omitempty"`
	Ratio     float64 `json:"ratio,omitempty"`
	Min       float64 `json:"min,omitempty"`
	Max       float64 `json:"max,omitempty"`
	Goal      string  `json:"goal,omitempty"`
	Met       *bool   `json:"met,omitempty"`
}

type goal struct {
	text string
	met  func(float64) bool
}

var noGoal goal

func atMost(limit float64) goal {
	return goal{fmt.Sprintf("≤ %g", limit), func(v float64) bool { return v <= limit }}
}

func atLeast(limit float64) goal {
	return goal{fmt.Sprintf("≥ %g", limit), func(v float64) bool { return v >= limit }}
}

// in says what the limit is measured in.
func (g goal) in(unit string) goal { return goal{g.text + " " + unit, g.met} }

type report struct {
	At      time.Time `json:"at"`
	Machine string    `json:"machine"`
	Java    string    `json:"java"`
	Options []string  `json:"options"`
	Figures []figure  `json:"figures"`
}

func newReport(b *bench) *report {
	version, _ := exec.Command(b.java, "-version").CombinedOutput()
	first, _, _ := strings.Cut(string(version), "\n")
	text, _ := os.ReadFile(filepath.Join(b.belay, options[1:]))
	return &report{
		At:      time.Now().UTC().Truncate(time.Second),
		Machine: fmt.Sprintf("%s/%s, %d cores", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()),
		Java:    first,
		Options: strings.Fields(withoutComments(string(text))),
	}
}

func withoutComments(text string) string {
	var kept strings.Builder
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "#") {
			kept.WriteString(lines.Text() + "\n")
		}
	}
	return kept.String()
}

func (r *report) print(to io.Writer) {
	fmt.Fprintf(to, "%s, %s\n", r.Machine, r.Java)
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tBelay\treference\tratio (min to max)\tgoal")
	for _, f := range r.Figures {
		reference, ratio, goal := "", "", f.Goal
		if f.Reference > 0 {
			reference = number(f.Reference, f.Unit)
			ratio = fmt.Sprintf("%.2f (%.2f to %.2f)", f.Ratio, f.Min, f.Max)
		}
		if f.Met != nil && *f.Met {
			goal += ", met"
		} else if f.Met != nil {
			goal += ", missed"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", f.Name, number(f.Belay, f.Unit), reference, ratio, goal)
	}
	_ = table.Flush()
}

// number has three digits that count.
func number(value float64, unit string) string {
	digits := 0
	for limit := 100.0; limit > value && digits < 2; limit /= 10 {
		digits++
	}
	return strings.TrimSpace(fmt.Sprintf("%.*f %s", digits, value, unit))
}

func (r *report) write(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil || file == "" {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

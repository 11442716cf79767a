// Measures Belay's gate and watcher on a control plane of this machine, and prints ratios: what Belay needs, over what a reference
// needed in the same run. docs/performance.md says how to read them. Started by bench/run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// What bench/run hands over, and what all measurements share.
type bench struct {
	ctx     context.Context
	java    string
	belay   string // folder of Belay's application, with the JVM's options that it ships
	echo    string // folder of the echo's application
	work    string // folder for state and logs
	quick   bool   // a look whether it works, not a measurement
	cluster *cluster
}

// One measurement fills one part of the table.
type measurement struct {
	name string
	run  func(*bench) ([]figure, error)
}

var measurements = []measurement{
	{"objects", (*bench).objects},
	{"preflight", (*bench).preflight},
	{"first", (*bench).first},
	{"memory", (*bench).memory},
	{"restore", (*bench).restore},
	{"fleet", (*bench).fleet},
}

func main() {
	b := &bench{}
	flag.StringVar(&b.java, "java", "java", "the JVM to run")
	flag.StringVar(&b.belay, "belay", "", "folder with Belay's quarkus-run.jar")
	flag.StringVar(&b.echo, "echo", "", "folder with the echo's quarkus-run.jar")
	flag.StringVar(&b.work, "work", "", "folder for state and logs")
	flag.BoolVar(&b.quick, "quick", false, "few and short rounds")
	only := flag.String("only", "", "comma-separated measurements; all when empty")
	out := flag.String("out", "", "file for the figures as JSON")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b.ctx = ctx
	if err := b.measure(strings.Split(*only, ","), *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) measure(only []string, out string) error {
	var err error
	if b.cluster, err = connect(b.ctx); err != nil {
		return err
	}
	report := newReport(b)
	var failed []error
	for _, m := range measurements {
		if b.ctx.Err() != nil || only[0] != "" && !slices.Contains(only, m.name) {
			continue
		}
		begin := time.Now()
		figures, err := m.run(b)
		if err != nil { // the others have something to tell all the same
			failed = append(failed, fmt.Errorf("%s: %w", m.name, err))
		}
		say("%s: %.0f s", m.name, time.Since(begin).Seconds())
		report.Figures = append(report.Figures, figures...)
	}
	report.print(os.Stdout)
	return errors.Join(append(failed, report.write(out))...)
}

// say tells on stderr what happens; stdout has the table only.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...)
}

// rounds is how often to repeat; a look needs one.
func (b *bench) rounds(full int) int {
	if b.quick {
		return 1
	}
	return full
}

// seconds is how long to load; a look needs one.
func (b *bench) seconds(full int) time.Duration {
	if b.quick {
		full = 1
	}
	return time.Duration(full) * time.Second
}

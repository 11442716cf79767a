// Runs what needs real containers on the cluster of KUBECONFIG, on which Belay works: the table of starts, and the measurement
// of failed upgrades beside Helm's own rollback. Started by k8s/node/run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
)

// settings are what k8s/node/run hands over.
type settings struct {
	image   string // with a shell, which the nodes have or can pull
	sleeper string // file of the program that images of the registry hold
	address string // under which the nodes reach this machine for the registry; empty: found out
	client  string // helm, helm3 or kubectl
	work    string // folder for charts
	out     string // file for the results as JSON
	docs    string // the page that has to list the rows
	rows    *regexp.Regexp
	quick   bool
	times   int
	atOnce  int
	slack   float64 // bounds of time are multiplied with it
	keep    bool    // leave the namespaces
}

func main() {
	s := settings{}
	rows := ""
	flag.StringVar(&s.image, "image", "busybox:1.37", "an image with a shell")
	flag.StringVar(&s.sleeper, "sleeper", "", "file of the program that images of the registry hold")
	flag.StringVar(&s.address, "registry", "", "address, without a port, at which the nodes reach this machine")
	flag.StringVar(&s.client, "client", "helm", "helm, helm3 or kubectl")
	flag.StringVar(&s.work, "work", os.TempDir(), "folder for charts")
	flag.StringVar(&s.out, "out", "", "file for the results as JSON")
	flag.StringVar(&s.docs, "docs", "", "docs/starts.md")
	flag.StringVar(&rows, "rows", ".", "pattern of the rows' names")
	flag.BoolVar(&s.quick, "quick", false, "only rows that end within a minute")
	flag.IntVar(&s.times, "times", 1, "how often each row is run")
	flag.IntVar(&s.atOnce, "at-once", 6, "how many rows at once")
	flag.Float64Var(&s.slack, "slack", 1, "factor for bounds of time, on a machine that is busy")
	flag.BoolVar(&s.keep, "keep", false, "leave the namespaces")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := errors.New("usage: driver [flags] starts|bench|page")
	if flag.NArg() == 1 {
		if s.rows, err = regexp.Compile(rows); err == nil {
			err = run(ctx, s, flag.Arg(0))
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "node:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, what string) error {
	if what == "page" {
		return writePage(s.docs)
	}
	c, err := connect(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	switch what {
	case "starts":
		return starts(ctx, c, s)
	case "bench":
		return bench(ctx, c, s)
	}
	return fmt.Errorf("unknown: %s", what)
}

// say tells on stderr what happens; stdout has the table only.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "belay: "+format+"\n", args...)
}

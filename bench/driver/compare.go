package main

import (
	"cmp"
	"slices"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Rounds of load on both, one after the other: what disturbs this machine for longer than a round disturbs both.
type pairs struct {
	belay, echo []load
}

// add loads each once; who is first changes from round to round.
func (p *pairs) add(run func(*server, []vegeta.Target) (load, error), belay, echo *server, belays, echos []vegeta.Target) error {
	one := func(s *server, targets []vegeta.Target, into *[]load) error {
		l, err := run(s, targets)
		*into = append(*into, l)
		return err
	}
	if len(p.belay)%2 == 0 {
		return cmp.Or(one(echo, echos, &p.echo), one(belay, belays, &p.belay))
	}
	return cmp.Or(one(belay, belays, &p.belay), one(echo, echos, &p.echo))
}

func (p *pairs) compare(name, unit string, value func(load) float64, goal goal) figure {
	var belay, echo []float64
	for i := range p.belay {
		belay, echo = append(belay, value(p.belay[i])), append(echo, value(p.echo[i]))
	}
	return compare(name, unit, belay, echo, goal)
}

// compare makes a figure of values that were measured in pairs.
func compare(name, unit string, belay, reference []float64, goal goal) figure {
	f := figure{Name: name, Unit: unit, Belay: median(belay), Reference: median(reference), Goal: goal.text}
	var ratios []float64
	for i := range belay {
		if reference[i] > 0 {
			ratios = append(ratios, belay[i]/reference[i])
		}
	}
	if len(ratios) > 0 {
		f.Ratio, f.Min, f.Max = median(ratios), slices.Min(ratios), slices.Max(ratios)
	}
	if goal.met != nil {
		met := goal.met(f.Ratio)
		f.Met = &met
	}
	return f
}

// withAbsolute gives the figure a goal that is no ratio, and that the worst value has to meet.
func (f figure) withAbsolute(values []float64, goal goal) figure {
	a := absolute(f.Name, f.Unit, values, goal)
	f.Belay, f.Goal, f.Met = a.Belay, a.Goal, a.Met
	return f
}

// absolute makes a figure whose goal is no ratio; the highest value counts.
func absolute(name, unit string, values []float64, goal goal) figure {
	f := figure{Name: name, Unit: unit, Belay: slices.Max(values), Goal: goal.text}
	if goal.met != nil {
		met := goal.met(f.Belay)
		f.Met = &met
	}
	return f
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}

package server

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"vanthu/record"
)

type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	commands *prometheus.CounterVec
	ready    *prometheus.GaugeVec
	audited  *prometheus.GaugeVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "vanthu_http_request_duration_seconds", Help: "Time to answer, by route, method and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route", "method", "status"}),
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vanthu_commands_total", Help: "Commands on documents, by what came of them: ok or the problem's code.",
		}, []string{"command", "result"}),
		ready: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "vanthu_ready", Help: "1 where the last check of store or converter went well.",
		}, []string{"check"}),
	}
	m.audited = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "vanthu_audit", Help: "Of the last audit of the archive: problems, objects read, seconds it took, and when it began (Unix).",
	}, []string{"what"})
	m.registry.MustRegister(m.requests, m.commands, m.ready, m.audited, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(route, method string, status int, took time.Duration) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "DELETE":
	default:
		method = "other" // whoever asks must not make up series
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) command(c record.Command, err error) {
	result := "ok"
	if err != nil {
		result = problemOf(err).Code
	}
	m.commands.WithLabelValues(string(c), result).Inc()
}

func serveMetrics(s *Server, c *call) error {
	// The audit may have been another instance's.
	if a, err := s.cfg.Audits.Last(c.ctx); err == nil {
		for what, x := range map[string]float64{"problems": float64(len(a.Report.Problems)), "objects": float64(a.Report.Objects),
			"seconds": a.Took.Seconds(), "begun": float64(a.Begun.Unix())} {
			s.metrics.audited.WithLabelValues(what).Set(x)
		}
	}
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(c.Writer, c.Request)
	return nil
}

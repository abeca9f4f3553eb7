package main

import (
	"encoding/json"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/hotbind/hotbind/metrics/promhotbind"
)

// Pages are those of the runner, on the loopback interface: /metrics, /status, /healthz.
type pages struct {
	server *http.Server
	url    string
}

func serve(r *runner) (*pages, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		promhotbind.New(r.live.Manager()),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "runner_workers", Help: "Workers that run."}, func() float64 {
			return float64(r.workers.Load())
		}),
	)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /status", r.status)
	mux.HandleFunc("GET /healthz", r.healthz)
	return listen(mux)
}

// status is the state as schemas/status.schema.json describes it.
func (r *runner) status(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(r.live.Manager().Status()) // to somebody who may be gone
}

// healthz answers 200 if the runner does what its file says.
func (r *runner) healthz(w http.ResponseWriter, _ *http.Request) {
	if why := r.health.reason(); why != "" {
		http.Error(w, "degraded: "+why, http.StatusServiceUnavailable)
	}
}

// listen serves on a port that is free.
func listen(h http.Handler) (*pages, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &pages{&http.Server{Handler: h}, "http://" + l.Addr().String()}
	go p.server.Serve(l)
	return p, nil
}

func (p *pages) close() error { return p.server.Close() }

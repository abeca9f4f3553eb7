package main

import (
	"encoding/json"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/hotbind/hotbind/metrics/promhotbind"
)

// Pages serves /metrics, /status and /healthz on the loopback interface.
type pages struct {
	server *http.Server
	url    string
}

func serve(r *runner) (*pages, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		promhotbind.New(r.live.Manager()),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "runner_workers", Help: "Running workers."}, func() float64 {
			return float64(r.workers.Load())
		}),
	)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /status", r.status)
	mux.HandleFunc("GET /healthz", r.healthz)
	return listen(mux)
}

// status serves the state that schemas/status.schema.json describes.
func (r *runner) status(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(r.live.Manager().Status()) // the client may be gone
}

// healthz answers 200 if the content of the file is in force.
func (r *runner) healthz(w http.ResponseWriter, _ *http.Request) {
	if why := r.health.reason(); why != "" {
		http.Error(w, "degraded: "+why, http.StatusServiceUnavailable)
	}
}

// listen serves h on a free port.
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

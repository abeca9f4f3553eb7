// Package plain has the configuration of service.schema.yaml as structs that a careful
// author would write. All contestants but hotbind decode into them.
package plain

// Service has 30 keys, and ten for each machine.
type Service struct {
	Server   Server             `yaml:"server" json:"server"`
	Database Database           `yaml:"database" json:"database"`
	Cache    Cache              `yaml:"cache" json:"cache"`
	Log      Log                `yaml:"log" json:"log"`
	Limits   Limits             `yaml:"limits" json:"limits"`
	Mail     Mail               `yaml:"mail" json:"mail"`
	Machines map[string]Machine `yaml:"machines,omitempty" json:"machines,omitempty"`
}

// Server has the settings of the listener.
type Server struct {
	Host           string `yaml:"host" json:"host"`
	Port           int    `yaml:"port" json:"port"`
	TLS            bool   `yaml:"tls" json:"tls"`
	ReadTimeoutMS  int    `yaml:"read_timeout_ms" json:"read_timeout_ms"`
	WriteTimeoutMS int    `yaml:"write_timeout_ms" json:"write_timeout_ms"`
}

// Database has the pool size, the value that changes.
type Database struct {
	URL         string `yaml:"url" json:"url"`
	PoolSize    int    `yaml:"pool_size" json:"pool_size"`
	User        string `yaml:"user" json:"user"`
	Retries     int    `yaml:"retries" json:"retries"`
	SlowQueryMS int    `yaml:"slow_query_ms" json:"slow_query_ms"`
}

// Cache has the settings of a cache.
type Cache struct {
	Enabled bool   `yaml:"enabled" json:"enabled"`
	Size    int    `yaml:"size" json:"size"`
	TTLMS   int    `yaml:"ttl_ms" json:"ttl_ms"`
	Shards  int    `yaml:"shards" json:"shards"`
	Policy  string `yaml:"policy" json:"policy"`
}

// Log has the settings of the log.
type Log struct {
	Level  string  `yaml:"level" json:"level"`
	Format string  `yaml:"format" json:"format"`
	File   string  `yaml:"file" json:"file"`
	Sample float64 `yaml:"sample" json:"sample"`
	Color  bool    `yaml:"color" json:"color"`
}

// Limits has the limits for requests.
type Limits struct {
	Requests    int `yaml:"requests" json:"requests"`
	Burst       int `yaml:"burst" json:"burst"`
	Body        int `yaml:"body" json:"body"`
	Connections int `yaml:"connections" json:"connections"`
	IdleMS      int `yaml:"idle_ms" json:"idle_ms"`
}

// Mail has the number of workers, a value that does not change.
type Mail struct {
	Host     string `yaml:"host" json:"host"`
	Port     int    `yaml:"port" json:"port"`
	From     string `yaml:"from" json:"from"`
	Security string `yaml:"security" json:"security"`
	Workers  int    `yaml:"workers" json:"workers"`
}

// Machine is a record; the larger documents have many.
type Machine struct {
	Host    string  `yaml:"host" json:"host"`
	Port    int     `yaml:"port" json:"port"`
	Region  string  `yaml:"region" json:"region"`
	Weight  float64 `yaml:"weight" json:"weight"`
	Enabled bool    `yaml:"enabled" json:"enabled"`
	CPUs    int     `yaml:"cpus" json:"cpus"`
	Memory  int     `yaml:"memory" json:"memory"`
	Zone    string  `yaml:"zone" json:"zone"`
	Retries int     `yaml:"retries" json:"retries"`
	Owner   string  `yaml:"owner" json:"owner"`
}

package main

// Messages of the service that the script waits for. A step ends with one of them; the
// lines before it come from the hooks.
const (
	reloaded  = "configuration reloaded"
	refused   = "configuration refused"
	goodAgain = "configuration is valid again"
	unchanged = "reload: nothing has changed"
	working   = "jobs of this round"
	goodbye   = "goodbye"
)

// A scene is one run of the service with one layout of its file.
type scene struct {
	title  string
	layout layout
	start  []string // messages of the hooks at the start
	steps  []step
}

// A step is one change of the file and its expected outcome.
type step struct {
	title  string
	change change
	hooks  []string // all messages of the hooks, in order
	ends   string   // the message that ends the step
	with   string   // text that this message must contain; others are skipped
	why    []string // texts in a refusal
	note   string   // explanation for the reader
}

// script is the demo. Every edit changes the text of the step before.
var script = []scene{
	{
		title:  "on a laptop",
		layout: plainFile,
		start:  []string{"log level: info", "pool: 2 workers", "tenant acme: quota 5", "tenant globex: quota 3"},
		steps: []step{
			{
				title:  "change a number and save in place, as echo and nano do",
				change: inPlace("workers: 2", "workers: 4"),
				hooks:  []string{"pool: 2 → 4 workers"},
				ends:   reloaded,
				note:   "a file that is written in place is read after 400 ms without events",
			},
			{
				title:  "change two values and save by rename, as vim does",
				change: byRename("log_level: info", "log_level: debug", "quota: 5", "quota: 8"),
				hooks:  []string{"log level: info → debug", "tenant acme: quota 5 → 8", "letter to acme: your quota, 5 → 8"},
				ends:   reloaded,
				note:   "a renamed file is complete at once, so 100 ms are enough",
			},
			{
				title:  "wait for a round of jobs, which the service logs at debug",
				change: nothing,
				ends:   working,
				with:   "acme=8 globex=3", // rounds that began earlier are skipped
			},
			{
				title:  "make two mistakes at once",
				change: inPlace("workers: 4", "workers: 500", "    quota: 3", "    qouta: 3"),
				ends:   refused,
				why: []string{
					"config.yaml:5:12: pool.workers: 500 is more than the maximum 64",
					"config.yaml:11:5: tenants.globex.qouta: ", "did you mean quota?",
				},
			},
			{
				title:  "undo the mistakes",
				change: byRename("workers: 500", "workers: 4", "qouta: 3", "quota: 3"),
				ends:   goodAgain,
			},
			{
				title:  "ask for what the schema allows and this host does not",
				change: inPlace("log_level: debug", "log_level: info", "workers: 4", "workers: 20"),
				hooks:  []string{"log level: debug → info", "log level: info → debug"},
				ends:   refused,
				why:    []string{"the hook on pool.workers ", "this host allows 8 workers, not 20"},
				note:   "the log level was already changed, and was changed back",
			},
			{
				title:  "ask for less, remove one tenant and add another",
				change: byRename("workers: 20", "workers: 3", "globex", "initech"),
				hooks:  []string{"log level: debug → info", "pool: 4 → 3 workers", "tenant globex: quota 3 → none", "tenant initech: quota 3"},
				ends:   reloaded,
			},
			{
				title:  "touch the file, and ask for a reload with SIGHUP",
				change: touch,
				ends:   unchanged,
			},
			{
				title:  "write the same values in another layout, and ask for a reload",
				change: rewrite,
				ends:   unchanged,
			},
		},
	},
	{
		title:  "in a cluster",
		layout: mountedFile,
		start:  []string{"log level: info", "pool: 2 workers", "tenant acme: quota 5", "tenant globex: quota 3"},
		steps: []step{
			{
				title:  "roll out a new ConfigMap: ..data points to another folder",
				change: swap("workers: 2", "workers: 6"),
				hooks:  []string{"pool: 2 → 6 workers"},
				ends:   reloaded,
			},
			{
				title:  "roll out a broken one",
				change: swap("workers: 6", "workers: six"),
				ends:   refused,
				why:    []string{"config.yaml:5:12: pool.workers: "},
			},
			{
				title:  "roll out a good one",
				change: swap("workers: six", "workers: 5"),
				hooks:  []string{"pool: 6 → 5 workers"},
				ends:   reloaded,
			},
		},
	},
}

package notify

// Defaults of the options; the doc comments of the With functions repeat them.
const (
	DefaultMaxSize  = 10_000_000
	DefaultMaxFiles = 5
)

// A ConsoleOption configures [Console].
type ConsoleOption interface{ console(*consoleChannel) }

// A LogOption configures [Log].
type LogOption interface{ log(*logChannel) }

// A FileOption configures [File].
type FileOption interface{ file(*fileChannel) }

// A NameOption is an option of [Console], [Log] and [File]; see [WithName].
type NameOption struct{ name string }

// WithName sets the name of a channel. The default is console, log or file.
func WithName(name string) NameOption { return NameOption{name} }

func (o NameOption) console(c *consoleChannel) { c.name = o.name }
func (o NameOption) log(c *logChannel)         { c.name = o.name }
func (o NameOption) file(c *fileChannel)       { c.name = o.name }

type consoleOption func(*consoleChannel)

func (o consoleOption) console(c *consoleChannel) { o(c) }

// WithColor sets whether a console uses colors. The default is true for a terminal, unless
// NO_COLOR is set or TERM is dumb.
func WithColor(on bool) ConsoleOption {
	return consoleOption(func(c *consoleChannel) { c.color = on })
}

type fileOption func(*fileChannel)

func (o fileOption) file(c *fileChannel) { o(c) }

// WithMaxSize sets the size in bytes above which a file is rotated. A single line may be
// longer. The default is 10 MB; 0 disables rotation.
func WithMaxSize(bytes int64) FileOption {
	return fileOption(func(c *fileChannel) { c.maxSize = max(bytes, 0) })
}

// WithMaxFiles sets the number of rotated files to keep. The default is 5; less than 1
// counts as 1.
func WithMaxFiles(n int) FileOption {
	return fileOption(func(c *fileChannel) { c.maxFiles = max(n, 1) })
}

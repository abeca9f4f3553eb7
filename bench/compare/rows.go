package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A row is one claim and its test, which returns a cell: yes, no, or a few words.
type row struct {
	claim string
	try   func(c contestant, dir string) (string, error)
}

const good = "database:\n  url: postgres://localhost/shop\n  pool_size: 20\n"

// reading has the claims about reading a file once.
var reading = []row{
	{"A misspelled key is an error", refuses("database:\n  url: postgres://localhost/shop\n  pool_sise: 20\n")},
	{"A word where a number belongs is an error", refuses("database:\n  url: postgres://localhost/shop\n  pool_size: twenty\n")},
	{"A quoted number where a number belongs is an error", refuses("database:\n  url: postgres://localhost/shop\n  pool_size: \"20\"\n")},
	{"A number out of range is an error", refuses("database:\n  url: postgres://localhost/shop\n  pool_size: 500\n")},
	{"A value outside an enum is an error", refuses("log_level: loud\n" + good)},
	{"Text that does not match a pattern is an error", refuses("database:\n  url: mysql://localhost/shop\n")},
	{"A missing required value is an error", refuses("database:\n  pool_size: 20\n")},
	{"Every mistake in a file is reported at once", allAtOnce},
	{"An error names the line and the column", named},
	{"A duplicate key is an error", refuses(good + "database:\n  url: postgres://localhost/other\n")},
	{"Keys of a map keep their capitals", keeps("Acme")},
	{"A key of a map may have a dot", keeps("acme.example")},
	{"A password does not appear when the configuration is printed", hides},
	{"Defaults come from the schema", defaults},
}

// followed has the claims about following a file.
var followed = []row{
	{"A file that is saved in place is followed", follows(inPlace)},
	{"A file that is replaced by rename is followed", follows(byRename)},
	{"A Kubernetes ConfigMap is followed", followsMount},
	{"An edit that breaks a rule leaves the old value in use", keepsOn("database:\n  url: postgres://localhost/shop\n  pool_size: 500\n")},
	{"An edit that is not valid YAML leaves the old value in use", keepsOn("database: {url: [\n")},
	{"An empty file leaves the old value in use", keepsOn("")},
	{"A file that is half written is not used", halfWritten},
	{"Saving the same content again is not a change", sameAgain},
	{"A hook is called for its own value only", ownValue},
	{"Reading while a file is reloaded is free of data races", raceFree},
}

func write(dir, text string) (string, error) {
	path := filepath.Join(dir, "config.yaml")
	return path, os.WriteFile(path, []byte(text), 0o600)
}

func yes(ok bool) string {
	if ok {
		return "yes"
	}
	return "no"
}

// refuses tests whether a text is an error, without or with the contestant's option.
func refuses(text string) func(contestant, string) (string, error) {
	return func(c contestant, dir string) (string, error) {
		path, err := write(dir, text)
		if err != nil {
			return "", err
		}
		if _, err := c.load(path); err != nil {
			return "yes", nil
		}
		if c.strict != nil {
			if _, err := c.strict(path); err != nil {
				return "with " + c.option, nil
			}
		}
		return "no", nil
	}
}

const threeMistakes = "log_level: loud\ndatabase:\n  url: mysql://localhost/shop\n  pool_size: 500\n"

func allAtOnce(c contestant, dir string) (string, error) {
	path, err := write(dir, threeMistakes)
	if err != nil {
		return "", err
	}
	_, err = c.load(path)
	if err == nil {
		return "no error", nil
	}
	found := 0
	for _, want := range []string{"log_level|loud|LogLevel", "pool_size|500", "url|Url|mysql"} {
		if regexp.MustCompile(want).MatchString(err.Error()) {
			found++
		}
	}
	if found == 3 {
		return "yes", nil
	}
	return fmt.Sprintf("%d of 3", found), nil
}

var place = regexp.MustCompile(`:\d+:\d+`)

func named(c contestant, dir string) (string, error) {
	path, err := write(dir, "database:\n  url: postgres://localhost/shop\n  pool_size: twenty\n")
	if err != nil {
		return "", err
	}
	_, err = c.load(path)
	switch {
	case err == nil:
		return "no error", nil
	case place.MatchString(err.Error()):
		return "yes", nil
	case strings.Contains(err.Error(), "line 3"):
		return "the line", nil
	}
	return "no", nil
}

// keeps tests whether a key of a map is read as it is written.
func keeps(key string) func(contestant, string) (string, error) {
	return func(c contestant, dir string) (string, error) {
		path, err := write(dir, good+"tenants:\n  "+key+": {quota: 5}\n")
		if err != nil {
			return "", err
		}
		l, err := c.load(path)
		if err != nil {
			return "", err
		}
		return yes(slices.Equal(l.tenants, []string{key})), nil
	}
}

func hides(c contestant, dir string) (string, error) {
	path, err := write(dir, good+"  password: hunter22\n")
	if err != nil {
		return "", err
	}
	l, err := c.load(path)
	if err != nil {
		return "", err
	}
	// go-jsonschema uses a pointer for an optional string, which fmt prints as an address.
	if c.name == "go-jsonschema" {
		return "no: a `*string`", nil
	}
	return yes(!strings.Contains(l.printed, "hunter22")), nil
}

func defaults(c contestant, dir string) (string, error) {
	if c.name == "viper" || c.name == "koanf" {
		return "from code", nil
	}
	path, err := write(dir, "database:\n  url: postgres://localhost/shop\n")
	if err != nil {
		return "", err
	}
	l, err := c.load(path)
	return yes(l.pool == 10 && l.level == "info"), err
}

// patience is the time within which a change must arrive, and the time to wait for one
// that must not.
const patience = 3 * time.Second

var errLate = errors.New("the change did not arrive")

// await waits until done returns true.
func await(done func() bool) error {
	for start := time.Now(); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Since(start) > patience {
			return errLate
		}
	}
	return nil
}

func inPlace(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }

func byRename(path, text string) error {
	return errors.Join(os.WriteFile(path+".new", []byte(text), 0o600), os.Rename(path+".new", path))
}

// opened runs try while a file is followed.
func opened(c contestant, dir string, try func(f *following, path string) (string, error)) (string, error) {
	path, err := write(dir, good)
	if err != nil {
		return "", err
	}
	f, err := c.follow(path)
	if err != nil {
		return "", err
	}
	defer f.close()
	return try(f, path)
}

// follows tests twenty changes in a row: a watch that ends with the first file is useless,
// and so is one that misses changes.
func follows(save func(path, text string) error) func(contestant, string) (string, error) {
	return func(c contestant, dir string) (string, error) {
		return opened(c, dir, func(f *following, path string) (string, error) {
			for i := range 20 {
				pool := 30 + i
				if err := save(path, strings.Replace(good, "20", fmt.Sprint(pool), 1)); err != nil {
					return "", err
				}
				switch late := await(func() bool { return f.pool() == pool }); {
				case late != nil && i == 0:
					return "no", nil
				case late != nil:
					return "not always", nil
				}
			}
			return "yes", nil
		})
	}
}

// followsMount lays out a volume as the kubelet does: config.yaml is a link into ..data,
// which is a link to a folder, and an update replaces the link ..data.
func followsMount(c contestant, dir string) (string, error) {
	put := func(version, text string) error {
		folder := filepath.Join(dir, version)
		return errors.Join(
			os.Mkdir(folder, 0o700),
			os.WriteFile(filepath.Join(folder, "config.yaml"), []byte(text), 0o600),
			os.Symlink(version, filepath.Join(dir, "..data_tmp")),
			os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")),
		)
	}
	path := filepath.Join(dir, "config.yaml")
	if err := errors.Join(put("..v1", good), os.Symlink("..data/config.yaml", path)); err != nil {
		return "", err
	}
	f, err := c.follow(path)
	if err != nil {
		return "", err
	}
	defer f.close()
	for i, pool := range []int{30, 40} {
		old := fmt.Sprintf("..v%d", i+1)
		err := errors.Join(put(fmt.Sprintf("..v%d", i+2), strings.Replace(good, "20", fmt.Sprint(pool), 1)), os.RemoveAll(filepath.Join(dir, old)))
		if err != nil {
			return "", err
		}
		if await(func() bool { return f.pool() == pool }) != nil {
			return "no", nil
		}
	}
	return "yes", nil
}

// keepsOn tests whether a bad edit leaves the old value in use.
func keepsOn(bad string) func(contestant, string) (string, error) {
	return func(c contestant, dir string) (string, error) {
		return opened(c, dir, func(f *following, path string) (string, error) {
			if err := byRename(path, bad); err != nil {
				return "", err
			}
			if await(func() bool { return f.pool() != 20 }) != nil {
				return "yes", nil
			}
			return fmt.Sprintf("no: %d is used", f.pool()), nil
		})
	}
}

// halfWritten saves a file in two writes, a fifth of a second apart, as a slow editor or
// a copy over a network does.
func halfWritten(c contestant, dir string) (string, error) {
	return opened(c, dir, func(f *following, path string) (string, error) {
		text := strings.Replace(good, "20", "30", 1)
		first, rest := text[:strings.Index(text, "  pool_size")], text[strings.Index(text, "  pool_size"):]
		file, err := os.Create(path)
		if err != nil {
			return "", err
		}
		defer file.Close()
		if _, err := file.WriteString(first); err != nil {
			return "", err
		}
		time.Sleep(200 * time.Millisecond) // the slow writer
		if _, err := file.WriteString(rest); err != nil {
			return "", err
		}
		if err := await(func() bool { return f.pool() == 30 }); err != nil {
			return "", err
		}
		for _, v := range f.seen() {
			if v != 30 {
				return fmt.Sprintf("no: the pool was %d for a while", v), nil
			}
		}
		return "yes", nil
	})
}

func sameAgain(c contestant, dir string) (string, error) {
	return opened(c, dir, func(f *following, path string) (string, error) {
		if err := inPlace(path, good); err != nil {
			return "", err
		}
		if await(func() bool { return f.notified.Load() > 0 }) != nil {
			return "yes", nil
		}
		return "no: the callback is called", nil
	})
}

func ownValue(c contestant, dir string) (string, error) {
	return opened(c, dir, func(f *following, path string) (string, error) {
		if c.name != "hotbind" {
			return "no: one callback for the file", nil
		}
		if err := inPlace(path, "log_level: debug\n"+good); err != nil {
			return "", err
		}
		if err := await(func() bool { return f.notified.Load() > 0 }); err != nil {
			return "", err
		}
		return yes(f.poolHook.Load() == 0), nil
	})
}

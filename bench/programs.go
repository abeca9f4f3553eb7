package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// ownPrograms are what programs with hotbind may do.
var ownPrograms = []struct{ name, program string }{
	{"reads its file once, package without Live", "hotbindonce"},
	{"follows its file", "hotbindfollow"},
	{"uses every part of hotbind", "hotbindeverything"},
}

// building measures the size of a program, built as for a release.
func (b *bench) building(program string) trial {
	return func() (cost, error) {
		path := filepath.Join(b.dir, program)
		defer os.Remove(path)
		out, err := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./size/"+program).CombinedOutput()
		if err != nil {
			return cost{}, fmt.Errorf("%s: %w\n%s", program, err, out)
		}
		info, err := os.Stat(path)
		if err != nil {
			return cost{}, err
		}
		return cost{bytes: float64(info.Size())}, nil
	}
}

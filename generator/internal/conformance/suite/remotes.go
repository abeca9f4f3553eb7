package suite

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"testing/fstest"
)

// server is the host at which the suite expects its remote schemas.
const server = "localhost"

// Remotes are the schemas that those of the suite refer to. Nothing is fetched
// from a server: they are in a folder called like it, as a user would copy them.
func Remotes(folder string) (fs.FS, error) {
	files := fstest.MapFS{}
	remotes := os.DirFS(filepath.Join(folder, "remotes"))
	err := fs.WalkDir(remotes, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(remotes, name)
		files[path.Join(server, name)] = &fstest.MapFile{Data: text}
		return err
	})
	return files, err
}

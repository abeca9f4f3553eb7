package suite

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"
)

// server is the address at which the suite expects its remote schemas.
const server = "http://localhost:1234/"

// Remotes are the schemas that those of the suite refer to. Nothing is fetched
// from a server: they are found by their identifiers, and those that have none
// are given the address at which they would be served, as a user would do.
func Remotes(folder string) (fs.FS, error) {
	files := fstest.MapFS{}
	remotes := os.DirFS(filepath.Join(folder, "remotes"))
	err := fs.WalkDir(remotes, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(remotes, name)
		files[name] = &fstest.MapFile{Data: identified(text, name)}
		return err
	})
	return files, err
}

// identified is a schema with an identifier. Those outside of the folders of the
// drafts are for all of them, also draft 4, which has another keyword.
func identified(text []byte, name string) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members["$id"] != nil || members["id"] != nil {
		return text
	}
	text = withMember(text, "$id", server+name)
	if !strings.HasPrefix(name, "draft") || strings.HasPrefix(name, "draft4/") {
		text = withMember(text, "id", server+name)
	}
	return text
}

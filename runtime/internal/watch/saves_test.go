package watch_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A save is one way in which programs change a file. What fsnotify reports for each was
// measured before.
type save struct {
	name   string
	reason string
	layout func(t *testing.T, root string) // the files before; root/conf/app.yaml by default
	path   string                          // the watched path, below root; conf/app.yaml by default
	tool   string                          // the program that do runs, if any
	do     func(t *testing.T, root string)
	next   func(t *testing.T, root string) // the next edit; a write in place by default
}

func (s save) file(root string) string {
	if s.path == "" {
		return filepath.Join(root, "conf/app.yaml")
	}
	return filepath.Join(root, s.path)
}

// Each way of saving sends at least one event, and the watcher detects the next edit.
// Most of them disable a watch on the file, and a third of them a watch on its folder.
func TestSaves(t *testing.T) {
	t.Parallel()
	needLinux(t, "the event sequences were measured with inotify")
	for _, s := range saves() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(s.tool); s.tool != "" && err != nil {
				t.Skipf("no %s here: its system calls are covered by other cases", s.tool)
			}
			root := folders(t, "conf", "elsewhere")
			if s.layout == nil {
				write(t, s.file(root), "a: 1\n")
			} else {
				s.layout(t, root)
			}
			path := s.file(root)
			p := probing(t, path)
			p.edit("the save: "+s.reason, path, func() { s.do(t, root) })
			p.edit("the next edit: "+s.reason, path, func() {
				if s.next == nil {
					write(t, path, "a: 3\n")
				} else {
					s.next(t, root)
				}
			})
			p.edit("the edit after that: "+s.reason, path, func() { replace(t, path, "a: 4\n") })
		})
	}
}

func saves() []save {
	all := inPlaceSaves()
	all = append(all, replacingSaves()...)
	all = append(all, toolSaves()...)
	all = append(all, linkSaves()...)
	return append(all, folderSaves()...)
}

func app(root string) string { return filepath.Join(root, "conf/app.yaml") }

func inPlaceSaves() []save {
	return []save{
		{
			name: "in-place truncate and write", reason: "the plainest save",
			do: func(t *testing.T, root string) { write(t, app(root), "a: 2\n") },
		}, {
			name: "in-place three chunks", reason: "each chunk is an event",
			do: func(t *testing.T, root string) {
				f, err := os.Create(app(root))
				must(t, err)
				for range 3 {
					_, err := f.WriteString("a: 2\n")
					must(t, err)
				}
				must(t, f.Close())
			},
		}, {
			name: "in-place same content", reason: "only the engine knows that nothing changed",
			do: func(t *testing.T, root string) { write(t, app(root), "a: 1\n") },
		}, {
			name: "truncated and left empty", reason: "the writer died: the engine must see the empty file",
			do: func(t *testing.T, root string) { must(t, os.Truncate(app(root), 0)) },
		}, {
			name: "1000 rapid in-place writes", reason: "the last one counts",
			do: func(t *testing.T, root string) {
				for i := range 1000 {
					write(t, app(root), fmt.Sprintln("a:", i))
				}
			},
		}, {
			name: "write through a second hard link", reason: "the folder's watch reports nothing",
			do: func(t *testing.T, root string) {
				other := filepath.Join(root, "elsewhere/link.yaml")
				must(t, os.Link(app(root), other))
				write(t, other, "a: 2\n")
			},
		},
	}
}

func replacingSaves() []save {
	recreate := func(t *testing.T, root string) { write(t, app(root), "a: 3\n") }
	return []save{
		{
			name: "temp and rename, same folder", reason: "makes a watch on the file deaf",
			do: func(t *testing.T, root string) { replace(t, app(root), "a: 2\n") },
		}, {
			name: "temp in another folder and rename in", reason: "makes a watch on the file deaf",
			do: func(t *testing.T, root string) {
				other := filepath.Join(root, "elsewhere/new")
				write(t, other, "a: 2\n")
				must(t, os.Rename(other, app(root)))
			},
		}, {
			name: "vim with a backup by rename", reason: "probe, rename away, create, remove",
			do: vimSave,
		}, {
			name: "delete and recreate", reason: "the name is missing for a while",
			do: func(t *testing.T, root string) {
				must(t, os.Remove(app(root)))
				write(t, app(root), "a: 2\n")
			},
		}, {
			name: "delete only", reason: "a missing file is news, and so is its return",
			do:   func(t *testing.T, root string) { must(t, os.Remove(app(root))) },
			next: recreate,
		}, {
			name: "rename away only", reason: "as delete",
			do:   func(t *testing.T, root string) { must(t, os.Rename(app(root), app(root)+".old")) },
			next: recreate,
		}, {
			name: "rename away and write to the moved file", reason: "the watch must not move along",
			do: func(t *testing.T, root string) {
				must(t, os.Rename(app(root), app(root)+".old"))
				write(t, app(root)+".old", "a: 2\n")
			},
			next: recreate,
		}, {
			name: "rename away and back", reason: "the same inode, but its watch is gone",
			do: func(t *testing.T, root string) {
				must(t, os.Rename(app(root), app(root)+".old"))
				must(t, os.Rename(app(root)+".old", app(root)))
			},
		}, {
			name: "1000 rapid temp and rename", reason: "the last one counts",
			do: func(t *testing.T, root string) {
				for i := range 1000 {
					replace(t, app(root), fmt.Sprintln("a:", i))
				}
			},
		}, {
			name: "file replaced by a folder and back", reason: "a folder is not a file, but its name is watched",
			do: func(t *testing.T, root string) {
				must(t, os.Remove(app(root)))
				must(t, os.Mkdir(app(root), 0o755))
			},
			next: func(t *testing.T, root string) {
				must(t, os.Remove(app(root)))
				write(t, app(root), "a: 3\n")
			},
		},
	}
}

// vimSave does what vim does with backupcopy=no.
func vimSave(t *testing.T, root string) {
	probe := filepath.Join(root, "conf/4913")
	write(t, probe, "")
	must(t, os.Remove(probe))
	must(t, os.Rename(app(root), app(root)+"~"))
	write(t, app(root), "a: 2\n")
	must(t, os.Chmod(app(root), 0o644))
	must(t, os.Remove(app(root)+"~"))
}

func toolSaves() []save {
	tool := func(name, reason string, args func(file, source string) []string) save {
		return save{
			name: "tool " + name, reason: reason, tool: name,
			do: func(t *testing.T, root string) {
				source := filepath.Join(root, "elsewhere/source")
				write(t, source, "a: 2\n")
				out, err := exec.Command(name, args(app(root), source)...).CombinedOutput()
				if err != nil {
					t.Fatalf("%s: %v\n%s", name, err, out)
				}
			},
		}
	}
	cpOver := tool("cp", "writes in place", func(f, s string) []string { return []string{s, f} })
	cpRemove := tool("cp", "removes first", func(f, s string) []string { return []string{"--remove-destination", s, f} })
	cpRemove.name += " --remove-destination"
	return []save{
		cpOver,
		cpRemove,
		tool("sed", "renames a temporary file", func(f, _ string) []string { return []string{"-i", "s/1/2/", f} }),
		tool("install", "removes first", func(f, s string) []string { return []string{"-m600", s, f} }),
		tool("ln", "replaces by a hard link", func(f, s string) []string { return []string{"-f", s, f} }),
		tool("vim", "the editor itself", func(f, _ string) []string {
			return []string{"-u", "NONE", "-es", "-c", "set backupcopy=no writebackup", "-c", "normal Ax", "-c", "wq", f}
		}),
	}
}

func linkSaves() []save {
	target := func(root string) string { return filepath.Join(root, "elsewhere/target.yaml") }
	linked := func(t *testing.T, root string) {
		write(t, target(root), "a: 1\n")
		must(t, os.Symlink("../elsewhere/target.yaml", app(root)))
	}
	release := func(t *testing.T, root string) {
		for _, name := range []string{"releases/1/etc", "releases/2/etc"} {
			must(t, os.MkdirAll(filepath.Join(root, name), 0o755))
			write(t, filepath.Join(root, name, "app.yaml"), name)
		}
		must(t, os.Symlink("1", filepath.Join(root, "releases/current")))
	}
	return []save{
		{
			name: "linked file, target written", reason: "the target is in a different folder", layout: linked,
			do: func(t *testing.T, root string) { write(t, target(root), "a: 2\n") },
		}, {
			name: "linked file, target replaced", reason: "the target is in a different folder", layout: linked,
			do: func(t *testing.T, root string) { replace(t, target(root), "a: 2\n") },
		}, {
			name: "link re-pointed", reason: "the new target is in a folder not watched before", layout: linked,
			do: func(t *testing.T, root string) {
				must(t, os.Mkdir(filepath.Join(root, "third"), 0o755))
				write(t, filepath.Join(root, "third/new.yaml"), "a: 2\n")
				relink(t, "../third/new.yaml", app(root))
			},
		}, {
			name: "parent link swapped", reason: "no event in any folder of the file",
			layout: release, path: "releases/current/etc/app.yaml",
			do: func(t *testing.T, root string) { relink(t, "2", filepath.Join(root, "releases/current")) },
		}, {
			name: "k8s ..data swap", reason: "the name given never changes", layout: func(t *testing.T, root string) {
				volume(t, filepath.Join(root, "conf"), 0, "app.yaml")
				must(t, os.Symlink("..data/app.yaml", app(root)))
			},
			do: func(t *testing.T, root string) { volume(t, filepath.Join(root, "conf"), 1, "app.yaml") },
		},
	}
}

func folderSaves() []save {
	return []save{
		{
			name: "folder replaced", reason: "its watch goes away with it",
			do: func(t *testing.T, root string) {
				must(t, os.Mkdir(filepath.Join(root, "fresh"), 0o755))
				write(t, filepath.Join(root, "fresh/app.yaml"), "a: 2\n")
				must(t, os.Rename(filepath.Join(root, "conf"), filepath.Join(root, "gone")))
				must(t, os.Rename(filepath.Join(root, "fresh"), filepath.Join(root, "conf")))
			},
		}, {
			name: "folder removed and re-created", reason: "often with the same inode number",
			do: func(t *testing.T, root string) {
				must(t, os.RemoveAll(filepath.Join(root, "conf")))
				must(t, os.Mkdir(filepath.Join(root, "conf"), 0o755))
				write(t, app(root), "a: 2\n")
			},
		}, {
			name: "folder renamed away and back", reason: "the same inode, but its watch is gone",
			do: func(t *testing.T, root string) {
				must(t, os.Rename(filepath.Join(root, "conf"), filepath.Join(root, "gone")))
				must(t, os.Rename(filepath.Join(root, "gone"), filepath.Join(root, "conf")))
			},
		}, {
			name: "grandparent replaced", reason: "no event in the file's folder nor in the one above",
			path: "srv/app/conf/app.yaml", layout: func(t *testing.T, root string) {
				for _, name := range []string{"srv/app/conf", "fresh/conf"} {
					must(t, os.MkdirAll(filepath.Join(root, name), 0o755))
					write(t, filepath.Join(root, name, "app.yaml"), name)
				}
			},
			do: func(t *testing.T, root string) {
				must(t, os.Rename(filepath.Join(root, "srv/app"), filepath.Join(root, "gone")))
				must(t, os.Rename(filepath.Join(root, "fresh"), filepath.Join(root, "srv/app")))
			},
		}, {
			name: "everything removed and re-created", reason: "the last folder that stays is far up",
			path: "srv/one/two/three/app.yaml", layout: func(t *testing.T, root string) {
				must(t, os.MkdirAll(filepath.Join(root, "srv/one/two/three"), 0o755))
				write(t, filepath.Join(root, "srv/one/two/three/app.yaml"), "a: 1\n")
			},
			do: func(t *testing.T, root string) {
				must(t, os.RemoveAll(filepath.Join(root, "srv")))
				must(t, os.MkdirAll(filepath.Join(root, "srv/one/two/three"), 0o755))
				write(t, filepath.Join(root, "srv/one/two/three/app.yaml"), "a: 2\n")
			},
		},
	}
}

// volume writes generation n of a mounted ConfigMap into folder: it creates a new folder
// of files, swaps ..data, and removes the previous folder.
func volume(t testing.TB, folder string, n int, files ...string) {
	t.Helper()
	name := func(n int) string { return fmt.Sprintf("..2026_%04d", n) }
	must(t, os.Mkdir(filepath.Join(folder, name(n)), 0o755))
	for _, file := range files {
		write(t, filepath.Join(folder, name(n), file), fmt.Sprintln("generation:", n))
	}
	must(t, os.Symlink(name(n), filepath.Join(folder, "..data_tmp")))
	must(t, os.Rename(filepath.Join(folder, "..data_tmp"), filepath.Join(folder, "..data")))
	if n > 0 {
		must(t, os.RemoveAll(filepath.Join(folder, name(n-1))))
	}
}

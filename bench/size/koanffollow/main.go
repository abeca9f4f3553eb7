// Command koanffollow does the same as hotbindfollow, with koanf.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

func main() {
	k, f := koanf.New("."), file.Provider(os.Args[1])
	load := func() error { return k.Load(f, yaml.Parser()) }
	if err := load(); err != nil {
		log.Fatal(err)
	}
	err := f.Watch(func(_ any, err error) {
		if err == nil {
			err = load()
		}
		if err != nil {
			log.Print(err)
		}
		fmt.Println(k.Int("database.pool_size"))
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(k.Int("database.pool_size"))
	select {}
}

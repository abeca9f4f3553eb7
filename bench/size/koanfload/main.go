// Command koanfload does the same as parse, with koanf.
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
	k := koanf.New(".")
	if err := k.Load(file.Provider(os.Args[1]), yaml.Parser()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(k.Int("database.pool_size"))
}

// Command hotbindonce reads its configuration once, with a package without Live.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/hotbind/hotbind/bench/size/once"
)

func main() {
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	cfg, err := once.Parse(os.Args[1], data)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cfg.Database.PoolSize)
}

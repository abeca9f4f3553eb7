// Command parselive reads its configuration once, with a package that has Live.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/hotbind/hotbind/bench/service"
)

func main() {
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	cfg, err := service.Parse(os.Args[1], data)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cfg.Database.PoolSize)
}

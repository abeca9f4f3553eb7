// Command handfollow does the same as hotbindfollow, with the pipeline written by hand.
package main

import (
	"fmt"
	"log"
	"os"
	"sync/atomic"

	"github.com/hotbind/hotbind/bench/hand"
	"github.com/hotbind/hotbind/bench/plain"
)

func main() {
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	schema, err := hand.Compile("service.schema.yaml", text)
	if err != nil {
		log.Fatal(err)
	}
	var current atomic.Pointer[plain.Service]
	stop, err := hand.Follow(schema, os.Args[1], &current, func(_, after *plain.Service) {
		fmt.Println(after.Database.PoolSize)
	})
	if err != nil {
		log.Fatal(err)
	}
	defer stop()
	fmt.Println(current.Load().Database.PoolSize)
	select {}
}

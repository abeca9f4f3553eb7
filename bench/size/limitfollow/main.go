// Command limitfollow does the same as hotbindfollow, with nothing but what this
// configuration needs.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/hotbind/hotbind/bench/limit"
	"github.com/hotbind/hotbind/bench/plain"
)

func main() {
	c, err := limit.Load(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	stop, err := limit.Follow(os.Args[1], func(c *plain.Service) { fmt.Println(c.Database.PoolSize) })
	if err != nil {
		log.Fatal(err)
	}
	defer stop()
	fmt.Println(c.Database.PoolSize)
	select {}
}

// Command hotbindfollow follows its configuration.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/hotbind/hotbind/bench/service"

	rt "github.com/hotbind/hotbind/runtime"
)

func main() {
	live, err := service.Open(context.Background(), rt.From(rt.File(os.Args[1])))
	if err != nil {
		log.Fatal(err)
	}
	defer live.Close()
	live.Database().PoolSize().OnChange(func(_ context.Context, c rt.Change[int]) error {
		fmt.Println(c.New)
		return nil
	})
	fmt.Println(live.Current().Database.PoolSize)
	select {}
}

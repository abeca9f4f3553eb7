// Command dialsfollow does the same as hotbindfollow, with dials.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/vimeo/dials"
	"github.com/vimeo/dials/decoders/yaml"
	"github.com/vimeo/dials/sources/file"
)

type config struct {
	Database struct {
		PoolSize int `yaml:"pool_size"`
	} `yaml:"database"`
}

func main() {
	source, err := file.NewWatchingSource(os.Args[1], &yaml.Decoder{})
	if err != nil {
		log.Fatal(err)
	}
	params := dials.Params[config]{OnNewConfig: func(_ context.Context, _, c *config) {
		fmt.Println(c.Database.PoolSize)
	}}
	d, err := params.Config(context.Background(), &config{}, source)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.View().Database.PoolSize)
	select {}
}

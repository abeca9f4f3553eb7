// Command viperfollow does the same as hotbindfollow, with viper.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/fsnotify/fsnotify"
	"github.com/spf13/viper"
)

func main() {
	v := viper.New()
	v.SetConfigFile(os.Args[1])
	if err := v.ReadInConfig(); err != nil {
		log.Fatal(err)
	}
	v.OnConfigChange(func(fsnotify.Event) { fmt.Println(v.GetInt("database.pool_size")) })
	v.WatchConfig()
	fmt.Println(v.GetInt("database.pool_size"))
	select {}
}

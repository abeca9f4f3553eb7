// Command viperload does the same as parse, with viper.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/spf13/viper"
)

func main() {
	v := viper.New()
	v.SetConfigFile(os.Args[1])
	if err := v.ReadInConfig(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(v.GetInt("database.pool_size"))
}

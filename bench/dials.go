package main

import (
	"context"
	"path/filepath"

	"github.com/vimeo/dials"
	"github.com/vimeo/dials/decoders/json"
	"github.com/vimeo/dials/decoders/yaml"
	"github.com/vimeo/dials/sources/file"

	"github.com/hotbind/hotbind/bench/plain"
)

// dialsContestant validates with the method Verify of the struct, since dials has no tree
// that a schema could validate. Dials calls one function with the whole structs, so that
// comparing and dispatching are the application's.
func dialsContestant() contestant {
	load := func(path string) (*dials.Dials[plain.Service], error) {
		source, err := file.NewSource(path, dialsDecoder(path))
		if err != nil {
			return nil, err
		}
		return dials.Config(context.Background(), &plain.Service{}, source)
	}
	return contestant{
		name:    "dials",
		program: "dialsfollow",
		load: func(path string) (any, error) {
			d, err := load(path)
			if err != nil {
				return nil, err
			}
			return d.View(), nil
		},
		follow: func(path string, changed func(int)) (func(), error) {
			source, err := file.NewWatchingSource(path, dialsDecoder(path))
			if err != nil {
				return nil, err
			}
			ctx, cancel := context.WithCancel(context.Background())
			params := dials.Params[plain.Service]{OnNewConfig: func(_ context.Context, before, after *plain.Service) {
				if before.Database.PoolSize != after.Database.PoolSize {
					changed(after.Database.PoolSize)
				}
			}}
			_, err = params.Config(ctx, &plain.Service{}, source)
			return func() { cancel(); source.WG.Wait() }, err
		},
		read: func(path string) (func(int) int, error) {
			d, err := load(path)
			return func(n int) (sum int) {
				for range n {
					sum += d.View().Database.PoolSize
				}
				return sum
			}, err
		},
	}
}

func dialsDecoder(path string) dials.Decoder {
	if filepath.Ext(path) == ".json" {
		return &json.Decoder{}
	}
	return &yaml.Decoder{}
}
